"""What a pathway rule looks at: the discharge or the referral that a handover is about."""

from services.referral.domain.discharge import Discharge
from services.referral.domain.referral import Referral

Case = Discharge | Referral
