"""Start discharge: `python -m services.discharge`."""

from services.chassis.process import main
from services.discharge.app import build
from services.discharge.config import DischargeSettings

if __name__ == "__main__":
    main("discharge", DischargeSettings, build)
