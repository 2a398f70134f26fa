"""The words of ITK3: response codes and the headings of a Transfer of Care document (C7)."""

from types import MappingProxyType

HANDLING = 10001
INFRASTRUCTURE_FLAG = 10002
BUSINESS_FLAG = 10003
DEFINITION = 10004
SENDER_REFERENCE = 10007
UNREADABLE = 10009
RECIPIENT_TYPE = 10010
HEADER_INVALID = 20006
DUPLICATE_MESSAGE = 20007
PAYLOAD_INVALID = 20009
SENDER_NOT_AUTHORISED = 20012
SUCCESS = 20013
TOO_LARGE = 20015

MEANINGS = MappingProxyType(
    {
        HANDLING: "Handling Specification Error",
        INFRASTRUCTURE_FLAG: "Infrastructure Acknowledgement - Processing Error",
        BUSINESS_FLAG: "Business Acknowledgement - Processing Error",
        DEFINITION: "Message Definition - Processing Error",
        SENDER_REFERENCE: "Sender Reference - Processing Error",
        UNREADABLE: "Unreadable Message Received",
        RECIPIENT_TYPE: "Recipient Type - Processing Error",
        HEADER_INVALID: "Message Header Invalid",
        DUPLICATE_MESSAGE: "Duplicate Message Received",
        20008: "Duplicate Document Received",
        PAYLOAD_INVALID: "Payload Validation Failure",
        SENDER_NOT_AUTHORISED: "Sender Not Authorised",
        SUCCESS: "Success",
        20014: "Cannot Process Replacement",
        TOO_LARGE: "Message Too Large",
        30001: "Patient Known Here",
        30002: "Patient Not Known Here",
        30003: "Patient No Longer At This Organisation",
        30004: "Patient Known Here, Recently Deceased",
    }
)
"""What each response code says."""
GOOD = frozenset({SUCCESS, 30001, 30004})

DISCHARGE_SUMMARY = "373942005"
PLAN = "887201000000105"
"""Plan and requested actions: text only, so that a person has to read it (H09)."""
MANDATORY_HEADINGS = frozenset(
    {
        "886921000000105",  # Allergies
        "887181000000106",  # Clinical summary
        "887161000000102",  # Diagnoses
        "886711000000101",  # GP practice
        "886731000000109",  # Patient demographics
        "887231000000104",  # Person completing record
    }
)
HEADINGS = MANDATORY_HEADINGS | {
    "886781000000108",  # Admission details
    "886811000000106",  # Discharge details
    "887261000000109",  # Distribution list
    "1078911000000106",  # Individual requirements
    "1052951000000105",  # Information and advice given
    "886961000000102",  # Legal information
    "1052941000000107",  # Patient and carer concerns
    PLAN,
    "1052891000000108",  # Referrer details
    "886931000000107",  # Safety alerts
    "933361000000108",  # Medications
    "1082101000000102",  # Investigation results
    "887171000000109",  # Procedures
    "887051000000101",  # Social context
    "887141000000103",  # Assessment scales
    "886751000000102",  # Participation in research
}
"""Others are kept and flagged."""
