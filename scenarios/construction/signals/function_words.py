"""Words that carry a sentence and no subject, in the ten languages of the project."""

_BY_LANGUAGE = {
    "en": "the and for are was were that this with from have has had not but they their them our out who what"
    " which when more than into over about there where been being its can could will would may one also only",
    "nl": "het een van dat die met voor niet zijn aan ook als maar door over naar bij uit nog wel hun hebben"
    " heeft wordt worden werd deze meer geen wat wie kan zal zou onder tot men dan",
    "fi": "että joka jotka ovat ole olla mutta kun kuin niin myös sekä tai vain hän heidän tämä nämä"
    " joiden jossa kuten sen siitä niiden eivät ettei",
    "sv": "och att det som för med den inte har till av var men ett sig från vid kan ska skulle också där"
    " eller när man deras mer över under dessa detta utan",
    "de": "der die das und ist nicht den dem des ein eine einen einer mit für auf von sich auch als aus bei"
    " nach wie wird werden wurde sind hat haben oder aber nur noch mehr über durch zum zur",
    "pl": "nie się jest jak ale dla oraz czy ich jego jej być był była były przez przy pod nad tym tego które"
    " który która żeby lub już tylko także więcej",
    "hu": "hogy nem egy van volt mint meg csak már vagy ezt azt ami aki amely ezek azok még lesz lehet után"
    " nagyon több kell szerint között",
    "es": "los las una unos unas que del con por para como más pero sus esta este esto estos son ser fue han"
    " hay sin sobre entre también cuando donde muy",
    "it": "che del della dei delle dello per con una uno gli nel nella sono come più anche non alla dalla suo"
    " sua loro questo questa essere stato tra fra sul sulla quando",
    "el": "και του της την τον των στο στη στην στον στα στις για από που ότι είναι δεν θα να με σε μια ένα"
    " ένας αλλά όπως τους τις ή πιο έχει έχουν αυτό",
}
FUNCTION_WORDS = frozenset(word for words in _BY_LANGUAGE.values() for word in words.casefold().split())
"""Left out wherever texts are compared."""
