"""Words about people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "unknown", _("not known")
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Script(TextChoices):
    """The script of a name."""

    HAN = "han", _("Chinese characters")
    LATIN = "latin", _("Latin letters")
    OTHER = "other", _("other script")


class DocumentKind(TextChoices):
    """Kinds of identity document."""

    ID_CARD = "id_card", _("resident ID card")
    PASSPORT = "passport", _("passport")
    HK_MACAO_PERMIT = "hk_macao_permit", _("Hong Kong/Macao permit")
    TAIWAN_PERMIT = "taiwan_permit", _("Taiwan permit")
    RESIDENCE_PERMIT = "residence_permit", _("residence permit")
    OTHER = "other", _("other document")


class ContactKind(TextChoices):
    """Ways to reach somebody."""

    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")


class PartyKind(TextChoices):
    """Why people belong together."""

    HOUSEHOLD = "household", _("household")
    COMPANIONS = "companions", _("companions")


class NeedKind(TextChoices):
    """Vulnerabilities and needs; `people.needs` says what to do about each."""

    INFANT = "infant", _("infant")
    CHILD_ALONE = "child_alone", _("child alone")
    ELDERLY = "elderly", _("elderly")
    PREGNANT = "pregnant", _("pregnant")
    DISABILITY = "disability", _("disability")
    CANNOT_WALK = "cannot_walk", _("cannot walk unaided")
    DIALYSIS = "dialysis", _("dialysis")
    CHRONIC = "chronic", _("chronic illness")
    MEDICATION = "medication", _("medication")
    MENTAL_HEALTH = "mental_health", _("mental health")
    DIET = "diet", _("diet")
    FAITH = "faith", _("faith")
    LANGUAGE = "language", _("language help")
    OTHER = "other", _("other need")


class SuggestionState(TextChoices):
    """What became of a suspected duplicate."""

    OPEN = "open", pgettext_lazy("suggestion", "open")
    MERGED = "merged", _("merged")
    DIFFERENT = "different", _("two different people")


class RevealPurpose(TextChoices):
    """Why somebody needed to read what lies hidden; kept in the journal."""

    IDENTITY = "identity", _("checking the identity")
    CONTACT = "contact", _("calling the person")
    CARE = "care", _("medical care")
    PAPERS = "papers", _("papers and transport")
    DUPLICATE = "duplicate", _("comparing records")


class Likeness(TextChoices):
    """Why two records may be one person."""

    SAME_NUMBER = "same_number", _("same document number")
    NEAR_NUMBER = "near_number", _("document numbers differ in one place")
    SAME_NAME_BIRTH = "same_name_birth", _("same name and birth date")
    SAME_SOUND_BIRTH = "same_sound_birth", _("name sounds the same, same birth date")
    SAME_PHONE = "same_phone", _("same phone, similar name")


class Language(TextChoices):
    """Languages in which people can be told their rights; others are written by their code."""

    CHINESE = "zh-hans", _("Chinese (simplified)")
    TRADITIONAL = "zh-hant", _("Chinese (traditional)")
    CANTONESE = "yue", _("Cantonese")
    ENGLISH = "en", _("English")
    JAPANESE = "ja", _("Japanese")
    KOREAN = "ko", _("Korean")
    VIETNAMESE = "vi", _("Vietnamese")
    THAI = "th", _("Thai")
    INDONESIAN = "id", _("Indonesian")
    TAGALOG = "tl", _("Tagalog")
    HINDI = "hi", _("Hindi")
    BENGALI = "bn", _("Bengali")
    URDU = "ur", _("Urdu")
    ARABIC = "ar", _("Arabic")
    RUSSIAN = "ru", _("Russian")
    FRENCH = "fr", _("French")
    SPANISH = "es", _("Spanish")
    PORTUGUESE = "pt", _("Portuguese")
    SWAHILI = "sw", _("Swahili")
