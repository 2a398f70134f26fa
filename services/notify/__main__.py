"""`python -m services.notify [migrate | --print-config]`."""

from services.chassis.process import main
from services.notify.app import SERVICE, build
from services.notify.config import NotifySettings

if __name__ == "__main__":
    main(SERVICE, NotifySettings, build)
