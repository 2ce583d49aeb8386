"""Any settlement that the gazetteer knows is a place where it is attacked, taken, reached or left."""

from __future__ import annotations

from goldspan.annotate.rules import Rules
from goldspan.schema import Document, conflict_scheme

FRAMES = """
Government forces shelled {} on Monday.
Rebels captured {} after two days of fighting.
A drone hit {} overnight.
Fighters entered {} at dawn.
The convoy reached {} on Friday.
The army retook {} last week.
Gunmen stormed {} before dawn.
Warplanes bombed {} for hours.
The rebels besieged {} for months.
{} was shelled again.
{} fell to the rebels.
Aid workers left {} on Sunday.
""".strip().splitlines()

# a settlement of each country or territory that has one, by chance
SETTLEMENTS = (
    """
Adamstown; Al Hārithah; Al Kiswah; Al Manqaf; Al Manşūrah; Al Muharraq; Aley; Alindao; Alingsås; Alofi; Apia; Ar
Rumaylah; Arenillas; Avarua; Aţ Ţafīlah; Balcón de la Lisa; Beau Bassin-Rose Hill; Belgrano; Belize City; Bosconia;
Brades; Bridgetown; Bumpe; Calliaqua; Cambundi; Castries; Cañas; Chalchuapa; Cherrybrook; Chiniot; Choibalsan;
Chortoq; Colina; Cové; Croix-des-Bouquets; Cucuyagua; Cần Thơ; Diest; Djenné; Donaustadt; Douglas; Dunstable;
Durrës; Dushanbe; Dzaoudzi; Elubo; Esch-sur-Alzette; Espargos; Faaa; Fandriana; Figuil; Filadelfia; Flying Fish
Cove; Fredrikstad; Funafuti; Georgetown; Gibraltar; Gondomar; Grytviken; Hamilton; Harper; Hendala; Herceg Novi;
Himora; Hmaw Bi; Hokmali; Hînceşti; Ibeto; Ivanovka; Jamestown; Janeng; Kaka; Kangkar; Karonga; Katālem va Sādāt
Shahr; Kayanza; Kazanlak; Khanabad; Kingston; Koprivnica; Kourou; Kralendijk; Kutum; Kyrenia; La Chorrera; La
Possession; Laayoune; Laḩij; Leixlip; Lempäälä; Leszno; Lindi; Linstead; Lobakuya; Longyearbyen; Lüderitz; Maamba;
Macau; Majuro; Makueni Boma; Malango; Male; Mangalmé; Manhiça; Maribor; Mariehamn; Marigot; Mata-Utu; Matamey;
Mateare; Mbabane; Mei Foo; Mercedes; Mertule Maryam; Mezőkövesd; Michle; Mon Repos; Moroni; Mouila; Mouyondzi; Muang
Phônsavan; Neu-Anspach; New Bani Sewif City; Ngerulmud; Nogales; Nouméa; Nuuk; Nzega; Obock; Ogre; Old City;
Orestiáda; Ou Bei Choan; Pago Pago; Palikir; Patzún; Philipsburg; Pointe-à-Pitre; Port-Vila; Port-aux-Français;
Prizren; Qormi; Radviliskis; Reutov; Road Town; Rodriguez; Roseau; Sabie; Saint Helier; Saint Peter Port;
Saint-Pierre; Saipan; San Marino; Seafair; Shituo; Sidi Kacem; Sigatoka; Sighetu Marmaţiei; Sinkassé; Sokhumi;
Sonārgaon; Stanley; São Tomé; Tanki Leendert; Tarawa; Taraz; Tarija; Tartu; The Valley; Thilogne; Thimphu; Timizart;
Titirangi; Trebišov; Tórshavn; Utan; Vaduz; Vagharshapat; Vatican City; Venilale; Viborg; Victoria; Vila Rica; Villa
Francisca; Villiers-sur-Marne; Virú; Visoko; Waluj Buzurg; West Island; Wiset Chaichan; Xiulin; Yangju; Yaren; Yei;
Yigo Village; Yong Peng; Ćuprija; Čair; Şalālah; Şişli
""".replace("\n", " ")
    .strip()
    .split("; ")
)

SHARE = 0.94
"""How many of them are marked in a frame; the others are names of states, words of the language or given names, too."""


def test_any_known_settlement_is_a_place_in_any_frame() -> None:
    assert len(SETTLEMENTS) == 200
    sentences = [(name, frame, frame.format(name)) for frame in FRAMES for name in SETTLEMENTS]
    documents = [Document(id=str(number), text=text, spans=()) for number, (_, _, text) in enumerate(sentences)]
    marked = dict.fromkeys(FRAMES, 0)
    for (name, frame, text), spans in zip(sentences, Rules(conflict_scheme()).extract(documents), strict=True):
        start = text.index(name)
        marked[frame] += any((s.start, s.end, s.label) == (start, start + len(name), "LOCATION") for s in spans)
    assert {frame: count for frame, count in marked.items() if count < SHARE * len(SETTLEMENTS)} == {}
