"""Short texts of our own in eight languages, with schemes whose labels are in their scripts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and what is marked in it.

    Attributes:
        tag: The language.
        text: The text.
        place: The label of places.
        number: The label of numbers, which have a choice with the name of the label of places.
        places: Words that are marked as places, in their order.
        numbers: The same for numbers.
        tokenizer: The part of a signature that names the tokeniser.
        within_tokens: Number of spans that begin or end within a token.
    """

    tag: str
    text: str
    place: str
    number: str
    places: tuple[str, ...]
    numbers: tuple[str, ...]
    tokenizer: str
    within_tokens: int = 0

    @property
    def scheme(self) -> str:
        """The scheme file."""
        return f"""
name = "floods"
version = 1

[labels."{self.place}"]
definition = "{self.place} (x)"
hotkey = "{self.place[0]}"

[labels."{self.number}"]
definition = "{self.number}"
not_first = ["{self.places[0]}"]

[labels."{self.number}".fields]
of = {{ type = "choice", choices = ["{self.place}", "x"] }}
n = {{ type = "interval" }}
"""

    @property
    def spans(self) -> list[tuple[int, int, str]]:
        """The spans, in the order of the text."""
        found = []
        for label, surfaces in ((self.place, self.places), (self.number, self.numbers)):
            for surface in surfaces:
                start = self.text.index(surface)
                found.append((start, start + len(surface), label))
        return sorted(found)


SAMPLES = {
    sample.tag: sample
    for sample in (
        Sample(
            "de-AT",
            "Am 3. März riss das Hochwasser in Straßbrück 1.234 Häuser mit.\n\nBei Ötzfurt rettete Dr. Müller 20 Menschen.\n",
            *("Örtlichkeit", "Größe", ("Straßbrück", "Ötzfurt"), ("1.234", "20"), "de"),
        ),
        Sample(
            "fr",
            "Le 3 mars, la crue a touché l’Île-aux-Joncs : 1\u202f234 maisons détruites.\n\n« Rien ne reste » à d’Évray ; 20 morts.\n",
            *("Lieu-dit", "Dégâts", ("Île-aux-Joncs", "Évray"), ("1\u202f234", "20"), "fr"),
        ),
        Sample(
            "es-MX",
            "¿Qué pasó en Peñarrubia? El 3 de marzo la crecida destruyó 1,234 casas.\n\n¡En Ñanduy murieron 20 personas!\n",
            *("Lugar", "Daños", ("Peñarrubia", "Ñanduy"), ("1,234", "20"), "es"),
        ),
        Sample(
            "uk",
            "3 березня повінь зруйнувала 1234 будинки в Кам’янці.\n\nУ Підгір’ї-Новому загинули 20 людей.\n",
            *("Місце", "Втрати (люди)", ("Кам’янці", "Підгір’ї-Новому"), ("1234", "20"), "uk"),
        ),
        Sample(
            "ar",
            "في 3 مارس دمّر الفيضان ١٬٢٣٤ منزلًا في وادي الزيتون.\n\nوقُتل 20 شخصًا بالقرية، بحسب الـUN.\n",
            *("مكان", "عدد الضحايا", ("وادي الزيتون", "القرية", "UN"), ("١٬٢٣٤", "20"), "ar"),
            within_tokens=2,
        ),
        Sample(
            "he",
            "ב־3 במרץ הרס השיטפון 1,234 בתים בנחל הזית.\n\nלדברי צה״ל נהרגו 20 איש ליד רח׳.\n",
            *("מקום", "מספר", ("נחל הזית", "צה״ל", "רח׳"), ("1,234", "20"), "he"),
            within_tokens=1,
        ),
        Sample(
            "zh-Hant",
            "3月3日，洪水在白石鎮沖毀了1234座房屋。\n\n青河村有20人遇難。\n",
            *("地點", "數量", ("白石鎮", "青河村"), ("1234", "20"), "zh"),
        ),
        Sample(
            "my",
            "မတ်လ ၃ ရက်နေ့တွင် ကျောက်ဖြူကုန်းရွာ၌ အိမ်၁၂၃၄လုံး ပျက်စီးခဲ့သည်။\n\nလူ၂၀ သေဆုံးခဲ့ပြီး မြစ်သာမြို့ကို ပိတ်ထားသည်။\n",
            *("နေရာ", "အရေအတွက်", ("ကျောက်ဖြူကုန်းရွာ", "မြစ်သာမြို့"), ("၁၂၃၄", "၂၀"), "characters"),
        ),
    )
}
"""By language tag. Each has two lines, numbers in its notation, and words that rules for English would cut."""
