"""An extractor in ten lines: it marks the word "Iran" as the state."""


class Shouting:
    name, version = "shouting", "1"
    summary, parameters = "marks the word Iran", ()

    def __call__(self, scheme):
        self.scheme = scheme
        return self

    def extract(self, documents):
        return [self.found(document.text) for document in documents]

    def found(self, text, word="Iran"):
        starts = (at for at in range(len(text)) if text.startswith(word, at))
        return [self.scheme.span(at, at + 4, "ACTOR", kind="state", id="IRN") for at in starts]


SHOUTING = Shouting()
