"""`python -m services.referral [migrate | --print-config]`."""

from services.chassis.process import main
from services.referral.app import SERVICE, build
from services.referral.config import ReferralSettings

if __name__ == "__main__":
    main(SERVICE, ReferralSettings, build)
