"""The form in which a text is written."""

from __future__ import annotations

from typing import Any

from django import forms

from aftercart.words.checking import MOST_SEGMENTS
from aftercart.words.kinds import SMS
from aftercart.words.wordings import LONGEST, Place


class TextForm(forms.Form):
    subject = forms.CharField(label="Subject", max_length=LONGEST["subject"], required=False)
    text = forms.CharField(label="Text", max_length=LONGEST["text"], required=False, widget=forms.Textarea)
    segments = forms.IntegerField(
        label="It may take (segments)", min_value=1, max_value=MOST_SEGMENTS, initial=1, required=False
    )

    def __init__(self, place: Place, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="wording-%s")
        if place.channel == SMS:
            del self.fields["subject"]
        else:
            del self.fields["segments"]
        for bound in self.visible_fields():
            bound.field.widget.attrs |= {"class": "input", "lang": place.language, "autocomplete": "off"}
        rows = 6 if place.channel == SMS else 12
        self.fields["text"].widget.attrs |= {"rows": rows, "spellcheck": "true"}

    @property
    def written(self) -> dict[str, Any]:
        """What is in it, as the services take it; line ends as everywhere else."""
        told = self.cleaned_data
        text = str(told.get("text", "")).replace("\r\n", "\n")
        return {"subject": told.get("subject", ""), "text": text, "segments": told.get("segments") or 1}
