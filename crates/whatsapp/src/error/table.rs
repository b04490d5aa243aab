//! Meta's error codes and what each asks for (§12). The one place that knows them.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::recourse::{Backoff, DropReason, Recourse, Scope};

/// One line of the table: codes with the same meaning.
#[derive(Debug)]
pub struct Row {
    pub codes: &'static [RangeInclusive<i64>],
    /// What it means, for people.
    pub meaning: &'static str,
    pub recourse: Recourse,
    /// What to do about it, for people.
    pub mend: &'static str,
}

/// The line of a code; `None` for a code that Meta did not document.
pub fn row(code: i64) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.codes.iter().any(|codes| codes.contains(&code)))
}

/// What to do when a code arrives in a `failed` status, after Meta had accepted the message. Nothing is sent again
/// by itself then, but for three codes (§12); what concerns campaign or channel still does.
pub fn after_failed_status(code: i64) -> Recourse {
    const ONCE: Backoff = Backoff { max_tries: 2, ..Backoff::DEFAULT };
    match code {
        // A catch-all here, and no proof that the token is bad.
        0 => Recourse::Drop(DropReason::NotDelivered),
        131_053 => Recourse::Retry { backoff: ONCE, scope: Scope::Message },
        131_000 | 131_016 => row(code).map_or(Recourse::UnknownFate, |row| row.recourse),
        _ => match row(code).map(|row| row.recourse) {
            Some(
                recourse @ (Recourse::StopCampaign
                | Recourse::PauseChannel
                | Recourse::NeedsTemplate
                | Recourse::Drop(_)),
            ) => recourse,
            _ => Recourse::Drop(DropReason::NotDelivered),
        },
    }
}

const fn retry(first_s: u64, cap_s: u64, max_tries: u32, scope: Scope) -> Recourse {
    let (first, cap) = (Duration::from_secs(first_s), Duration::from_secs(cap_s));
    Recourse::Retry { backoff: Backoff { first, cap, max_tries, at_least: Duration::ZERO }, scope }
}

/// Retries no sooner than `wait_s`.
const fn wait(wait_s: u64, max_tries: u32, scope: Scope) -> Recourse {
    let (first, cap) = (Duration::from_secs(wait_s), Duration::from_secs(wait_s * 8));
    Recourse::Retry { backoff: Backoff { first, cap, max_tries, at_least: first }, scope }
}

const BAD: Recourse = Recourse::Drop(DropReason::BadRequest);
const UNREACHABLE: Recourse = Recourse::Drop(DropReason::Unreachable);
const NOT_DELIVERED: Recourse = Recourse::Drop(DropReason::NotDelivered);

const fn line(
    codes: &'static [RangeInclusive<i64>],
    meaning: &'static str,
    recourse: Recourse,
    mend: &'static str,
) -> Row {
    Row { codes, meaning, recourse, mend }
}

/// All documented codes, each in exactly one line.
pub static TABLE: &[Row] = &[
    // The channel.
    line(
        &[0..=0],
        "WhatsApp could not authenticate us",
        Recourse::PauseChannel,
        "Give the channel a new access token.",
    ),
    line(
        &[190..=190],
        "the access token has expired or was revoked",
        Recourse::PauseChannel,
        "Give the channel a new access token; a system user's does not expire.",
    ),
    line(
        &[3..=3, 10..=10, 200..=299, 131_005..=131_005],
        "the access token lacks a permission",
        Recourse::PauseChannel,
        "Grant whatsapp_business_messaging and whatsapp_business_management and make a new token.",
    ),
    line(
        &[33..=33, 133_010..=133_010],
        "the sending number was deleted or is not registered",
        Recourse::PauseChannel,
        "Register the number again in WhatsApp Manager.",
    ),
    line(
        &[368..=368, 131_031..=131_031],
        "WhatsApp has locked the account for a breach of policy",
        Recourse::PauseChannel,
        "See the account's quality page in WhatsApp Manager and appeal there.",
    ),
    line(
        &[131_037..=131_037],
        "the number's display name is not approved",
        Recourse::PauseChannel,
        "Have the display name approved in WhatsApp Manager.",
    ),
    line(
        &[131_042..=131_042],
        "the account cannot be charged",
        Recourse::PauseChannel,
        "Mend the payment method in WhatsApp Manager.",
    ),
    line(
        &[131_045..=131_045],
        "the number's registration certificate is not valid",
        Recourse::PauseChannel,
        "Register the number again.",
    ),
    line(
        &[134_011..=134_011],
        "the terms of WhatsApp payments are not accepted",
        Recourse::PauseChannel,
        "Accept the payments terms in WhatsApp Manager.",
    ),
    // Try again.
    line(
        &[1..=1],
        "WhatsApp did not understand the request, or had a fault",
        retry(1, 300, 2, Scope::Message),
        "If it persists, check the message.",
    ),
    line(
        &[2..=2, 131_016..=131_016, 133_004..=133_004],
        "WhatsApp is temporarily down",
        retry(2, 300, 8, Scope::Message),
        "Nothing to do; see Meta's status page.",
    ),
    line(
        &[131_000..=131_000, 135_000..=135_000],
        "WhatsApp had a fault it does not explain",
        retry(1, 300, 3, Scope::Message),
        "If it persists, check the message.",
    ),
    line(
        &[4..=4],
        "the app has called the Graph API too often",
        retry(30, 300, 8, Scope::App),
        "Slow down; the limit is an hourly one.",
    ),
    line(
        &[80_007..=80_008],
        "the account has reached its hourly limit of calls",
        wait(60, 8, Scope::Account),
        "Slow down; the limit is an hourly one.",
    ),
    line(&[613..=613], "a call was made too often", retry(5, 300, 5, Scope::App), "Slow down."),
    line(
        &[130_429..=130_429],
        "the number sends faster than WhatsApp grants it",
        retry(1, 30, 8, Scope::Number),
        "Lower messages_per_second of the channel.",
    ),
    line(
        &[131_057..=131_057, 2_494_100..=2_494_100],
        "the number is in maintenance, for a minute at most",
        wait(60, 4, Scope::Number),
        "Nothing to do.",
    ),
    line(
        &[131_053..=131_053],
        "WhatsApp could not take or fetch the file",
        retry(2, 60, 2, Scope::Message),
        "Check that the address is public and that the file is what its type says.",
    ),
    line(
        &[131_056..=131_056],
        "too many messages to this one person in a short time",
        Recourse::WaitForRecipient,
        "Nothing to do: later messages to this person wait.",
    ),
    // Campaigns and templates.
    line(
        &[131_048..=131_048],
        "WhatsApp restricts the number for spam",
        Recourse::StopCampaign,
        "Pause marketing of this number for at least a day and look at its quality.",
    ),
    line(
        &[131_064..=131_064],
        "WhatsApp limits the account after templates in the wrong category",
        Recourse::StopCampaign,
        "Wait for Meta to lift the limit.",
    ),
    line(
        &[131_055..=131_055, 131_063..=131_063, 134_100..=134_102],
        "this way of sending marketing is not open to the account",
        Recourse::StopCampaign,
        "Switch marketing messages between the normal and the marketing path.",
    ),
    line(
        &[132_000..=132_000],
        "the number of variables is not the template's",
        Recourse::StopCampaign,
        "Synchronise the templates and fill in each variable.",
    ),
    line(
        &[132_001..=132_001],
        "the template does not exist in this language or is not approved",
        Recourse::StopCampaign,
        "Synchronise the templates; a fresh approval can take some minutes.",
    ),
    line(
        &[132_007..=132_007],
        "the template's content breaches a policy",
        Recourse::StopCampaign,
        "Change the template.",
    ),
    line(
        &[132_015..=132_015],
        "the template is paused for low quality",
        Recourse::StopCampaign,
        "Wait for WhatsApp to release it, or improve it.",
    ),
    line(
        &[132_016..=132_016],
        "the template is disabled for good",
        Recourse::StopCampaign,
        "Make a new template.",
    ),
    line(
        &[132_068..=132_069],
        "the WhatsApp Flow is blocked or throttled",
        Recourse::StopCampaign,
        "Mend the Flow's endpoint.",
    ),
    // This message only.
    line(
        &[131_047..=131_047],
        "more than 24 hours have passed since the person wrote",
        Recourse::NeedsTemplate,
        "Send a template instead.",
    ),
    line(
        &[131_050..=131_050],
        "the person has stopped marketing from this business",
        Recourse::Drop(DropReason::OptedOut),
        "Nothing to do: they are on the opt-out list now.",
    ),
    line(
        &[131_049..=131_049],
        "WhatsApp held this marketing message back to spare the person",
        NOT_DELIVERED,
        "Do not send it again within a day.",
    ),
    line(
        &[130_472..=130_472],
        "the person is part of an experiment of WhatsApp's",
        NOT_DELIVERED,
        "Do not send it again.",
    ),
    line(
        &[131_026..=131_026],
        "the message cannot be delivered: not on WhatsApp, an old client, terms not accepted, or blocked",
        UNREACHABLE,
        "Check the number; reach the person in another way.",
    ),
    line(
        &[131_021..=131_021],
        "the recipient is the sending number itself",
        UNREACHABLE,
        "Choose another recipient.",
    ),
    line(
        &[131_030..=131_030],
        "the recipient is not on the test number's list",
        UNREACHABLE,
        "Add the recipient in Meta's dashboard, or use a real number.",
    ),
    line(
        &[130_497..=130_497],
        "the business may not write to people in this country",
        UNREACHABLE,
        "Leave the country out.",
    ),
    line(
        &[131_062..=131_062],
        "this kind of message needs a phone number, not a username's id",
        UNREACHABLE,
        "Ask the person for the number.",
    ),
    line(
        &[137_000..=137_000],
        "the person's identity has changed",
        UNREACHABLE,
        "Verify the person, then send without the identity hash.",
    ),
    line(
        &[100..=100, 131_008..=131_009],
        "a part of the message is missing or not valid",
        BAD,
        "Check the message; sending it again will not help.",
    ),
    line(
        &[131_051..=131_051],
        "this kind of message is not supported here",
        BAD,
        "Send another kind of message.",
    ),
    line(
        &[131_052..=131_052],
        "the file the person sent cannot be fetched",
        BAD,
        "Ask the person to send it again.",
    ),
    line(
        &[132_005..=132_005],
        "the template is too long with its variables filled in",
        BAD,
        "Shorten the variables.",
    ),
    line(
        &[132_008..=132_008, 132_012..=132_012, 132_018..=132_018],
        "a variable of the template has a form that is not allowed",
        BAD,
        "Take line breaks, tabs and long runs of spaces out of the variables.",
    ),
    line(
        &[131_020..=131_020, 131_041..=131_041, 131_059..=131_059, 131_201..=131_215, 130_501..=130_501],
        "the group does not take this message",
        BAD,
        "Check the group.",
    ),
    line(
        &[133_000..=133_003, 133_005..=133_009, 133_011..=133_016],
        "the number's registration or PIN failed",
        BAD,
        "Check the PIN; after ten tries it is locked for 72 hours.",
    ),
    line(
        &[139_000..=139_006],
        "the WhatsApp Flow could not be made, published or deleted",
        BAD,
        "See the details.",
    ),
    line(
        &[139_100..=139_103],
        "the block list could not be changed for everybody named",
        BAD,
        "Only people who wrote within a day can be blocked.",
    ),
    line(
        &[
            2_388_019..=2_388_019,
            2_388_040..=2_388_040,
            2_388_047..=2_388_047,
            2_388_072..=2_388_073,
            2_388_293..=2_388_293,
            2_388_299..=2_388_299,
        ],
        "the template breaks a rule for templates",
        BAD,
        "Mend the template as the details say.",
    ),
];
