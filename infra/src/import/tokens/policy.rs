//! What a key container says of how a key may be used: its `<Policy>` (RFC 6030 §5), and the dates of the device
//! (§4.3.1).
//!
//! Whoever does not keep to some part of a policy must not use the key at all (§5), so whatever is not kept to here is
//! refused with its name. Kept to are a beginning that is past and the usage `OTP`. The dates of a device describe it, as
//! those on a payment card do: one that is not good yet, or not any more, is refused.

use roxmltree::Node;
use twofold_domain::time::Timestamp;

use super::pskc::{Wrong, child, text};

/// Whether all that is said of a key's use is kept to here.
pub(super) fn keeps(package: Node<'_, '_>, key: Node<'_, '_>, now: Timestamp) -> Result<(), Wrong> {
    if let Some(device) = child(package, "DeviceInfo") {
        begun(device, now)?;
        if instant(device, "ExpiryDate")?.is_some_and(|end| end <= now) {
            return Err(("ExpiryDate", "is over: this device is not to be used any more".to_owned()));
        }
    }
    match child(key, "Policy") {
        Some(policy) => {
            policy.children().filter(Node::is_element).try_for_each(|part| kept(policy, part, now))
        }
        None => Ok(()),
    }
}

fn kept(policy: Node<'_, '_>, part: Node<'_, '_>, now: Timestamp) -> Result<(), Wrong> {
    match part.tag_name().name() {
        "StartDate" => begun(policy, now),
        // Named so that whoever reads the refusal knows what the maker wanted.
        "ExpiryDate" => {
            Err(("ExpiryDate", "is not supported here: no key ends by a date of its policy".to_owned()))
        }
        "PINPolicy" => Err(("PINPolicy", "is not supported here: no PIN is asked for".to_owned())),
        "NumberOfTransactions" => {
            Err(("NumberOfTransactions", "is not supported here: uses of a key are not counted".to_owned()))
        }
        "KeyUsage" if policy.children().any(is_otp) => Ok(()),
        "KeyUsage" => {
            Err(("KeyUsage", "does not allow OTP, which is all that a key is used for here".to_owned()))
        }
        _ => Err(("Policy", "says something that is not known here, so the key may not be used".to_owned())),
    }
}

fn is_otp(node: Node<'_, '_>) -> bool {
    node.is_element()
        && node.tag_name().name() == "KeyUsage"
        && node.text().is_some_and(|usage| usage.trim() == "OTP")
}

fn begun(of: Node<'_, '_>, now: Timestamp) -> Result<(), Wrong> {
    match instant(of, "StartDate")? {
        Some(start) if start > now => Err(("StartDate", "is yet to come: import it then".to_owned())),
        Some(_) | None => Ok(()),
    }
}

/// A date and time of XML Schema; without a zone it is UTC, as a container's are (RFC 6030 §4.3.1).
fn instant(of: Node<'_, '_>, name: &'static str) -> Result<Option<Timestamp>, Wrong> {
    let Some(written) = text(of, name).map(str::trim) else { return Ok(None) };
    let read = Timestamp::beginning(written).or_else(|_| format!("{written}Z").parse());
    read.map(Some).map_err(|_| (name, "is no date and time".to_owned()))
}
