"""The one error that a person at the terminal sees."""


class LabError(Exception):
    """Something the operator has to know: what is wrong and where, and what to type next."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n  {self.hint}" if self.hint else self.what
