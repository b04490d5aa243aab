//! Who is who: numbers and business-scoped ids change hands, two contacts turn out to be one, people say what they want.

use crate::accept::{TRIES_MAX, json};
use crate::conversation::{Address, Conversation};
use crate::ids::{AccountId, ChannelId, ContactId};
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};

/// A person got another number or another business-scoped id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    pub account: AccountId,
    /// As we knew them.
    pub old: Address,
    /// What replaces it; a part that is `None` stays.
    pub new: Address,
    /// Epoch milliseconds: messages sent before it from the old number are still theirs.
    pub at: i64,
}

/// A person's word on what they want to receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub account: AccountId,
    pub channel: ChannelId,
    pub from: Address,
    /// Id for the contact if it is a stranger.
    pub stranger: ContactId,
    pub wish: Wish,
    /// `user_preferences`, `error 131050`, `keyword STOP`, `agent`, …: kept as proof.
    pub source: String,
    /// Epoch milliseconds.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No marketing.
    StopMarketing,
    ResumeMarketing,
    /// Nothing at all until they write again.
    StopAll,
}

impl Wish {
    fn word(self) -> &'static str {
        match self {
            Wish::StopMarketing => "stop_marketing",
            Wish::ResumeMarketing => "resume_marketing",
            Wish::StopAll => "stop_all",
        }
    }
}

impl Store {
    /// Gives a contact another identifier. When another contact already has it, both become one: the older stays and
    /// takes over messages and history. Returns the contact that stands afterwards; `None` when neither is known.
    /// The same change again changes nothing.
    pub async fn change_identity(&self, change: IdentityChange) -> Result<Option<ContactId>, StoreError> {
        let IdentityChange { account, old, new, at } = change;
        for _ in 0..TRIES_MAX {
            let Some((contact, known)) = self.contact_at(account, &old).await? else {
                return Ok(self.contact_at(account, &new).await?.map(|(contact, _)| contact));
            };
            if let Some((other, _)) = self.contact_at(account, &new).await?
                && other != contact
            {
                self.join_contacts(account, contact, other).await?;
                continue;
            }
            let mut unit = Unit::new(account);
            for (old, new) in [(&known.wa_id, &new.wa_id), (&known.bsuid, &new.bsuid)] {
                if let (Some(old), Some(new)) = (old, new)
                    && old != new
                {
                    unit.any(
                        "insert into former_address (account, address, until_at, contact) values ($1, $2, $3, $4) \
                         on conflict (account, address, until_at) do nothing",
                        values![account, old, at, contact],
                    );
                }
            }
            unit.must(
                "update contact set wa_id = coalesce($3, wa_id), bsuid = coalesce($4, bsuid) \
                 where account = $1 and contact = $2",
                values![account, contact, new.wa_id.as_deref(), new.bsuid.as_deref()],
            );
            if let Outcome::Done(_) = self.commit(unit).await? {
                return Ok(Some(contact));
            }
        }
        Err(StoreError::Locked("the contact kept changing while it got another identifier".into()))
    }

    /// Records a wish; the same again changes nothing. Returns the contact.
    pub async fn record_preference(&self, preference: Preference) -> Result<ContactId, StoreError> {
        let Preference { account, channel, from, stranger, wish, source, at } = preference;
        for _ in 0..TRIES_MAX {
            let found = self.conversation_from(account, channel, &from, at, stranger).await?;
            let contact = found.key.contact;
            let mut unit = Unit::new(account);
            if !found.known {
                unit.must(
                    "insert into contact (account, contact, wa_id, bsuid, opted_out, stopped, version, created_at) \
                     values ($1, $2, $3, $4, 0, 0, 1, $5) on conflict do nothing",
                    values![account, contact, from.wa_id.as_deref(), from.bsuid.as_deref(), at],
                );
            }
            unit.gate(
                "insert into consent (account, contact, at, wish, source) values ($1, $2, $3, $4, $5) \
                 on conflict (account, contact, at, wish) do nothing",
                values![account, contact, at, wish.word(), &source],
            );
            unit.must(
                match wish {
                    Wish::StopMarketing => {
                        "update contact set opted_out = 1, version = version + 1 where account = $1 and contact = $2"
                    }
                    Wish::ResumeMarketing => {
                        "update contact set opted_out = 0, version = version + 1 where account = $1 and contact = $2"
                    }
                    Wish::StopAll => {
                        "update contact set stopped = 1, opted_out = 1, version = version + 1 \
                         where account = $1 and contact = $2"
                    }
                },
                values![account, contact],
            );
            if !matches!(self.commit(unit).await?, Outcome::Stale) {
                return Ok(contact);
            }
        }
        Err(StoreError::Locked("the contact kept changing while a wish was recorded".into()))
    }

    /// The contact with this business-scoped id, else the one with this number, and all its identifiers.
    pub(crate) async fn contact_at(
        &self,
        account: AccountId,
        address: &Address,
    ) -> Result<Option<(ContactId, Address)>, StoreError> {
        let found = self
            .rows(
                "select contact, wa_id, bsuid, 0 as rank from contact where account = $1 and bsuid = $2 union all \
                 select contact, wa_id, bsuid, 1 as rank from contact where account = $1 and wa_id = $3 order by 4",
                &values![account, address.bsuid.as_deref(), address.wa_id.as_deref()],
                |row| {
                    let address = Address { wa_id: row.maybe_text(1)?, bsuid: row.maybe_text(2)? };
                    Ok((ContactId(row.int(0)?), address))
                },
            )
            .await?;
        Ok(found.into_iter().next())
    }

    /// Who had the address when a message was sent from it.
    pub(crate) async fn former_owner(
        &self,
        account: AccountId,
        address: &Address,
        sent_at: i64,
    ) -> Result<Option<ContactId>, StoreError> {
        self.row(
            "select contact from former_address where account = $1 and (address = $2 or address = $3) \
             and until_at > $4 order by until_at limit 1",
            &values![account, address.bsuid.as_deref(), address.wa_id.as_deref(), sent_at],
            |row| Ok(ContactId(row.int(0)?)),
        )
        .await
    }

    /// The contact that took over from `gone`.
    pub(crate) async fn joined_into(
        &self,
        account: AccountId,
        gone: ContactId,
    ) -> Result<Option<ContactId>, StoreError> {
        self.row(
            "select contact from merged_contact where account = $1 and gone = $2",
            &values![account, gone],
            |row| Ok(ContactId(row.int(0)?)),
        )
        .await
    }

    /// Makes one contact of two: the older stays. Of two conversations on one channel, the one that people have stays,
    /// else the one that was written to last; its session goes on, the other's ends.
    pub(crate) async fn join_contacts(
        &self,
        account: AccountId,
        one: ContactId,
        other: ContactId,
    ) -> Result<ContactId, StoreError> {
        let (keep, gone) = (one.min(other), one.max(other));
        for _ in 0..TRIES_MAX {
            let mut unit = Unit::new(account);
            let (of_keep, of_gone) =
                (self.conversations_of(account, keep).await?, self.conversations_of(account, gone).await?);
            let (Some(kept), Some(lost)) = (of_keep.first(), of_gone.first()) else {
                // One of them has been joined in the meantime.
                return Ok(keep);
            };
            join_rows(&mut unit, kept, lost)?;
            for lost in of_gone.iter().filter(|conversation| conversation.version > 0) {
                let kept =
                    of_keep.iter().find(|kept| kept.version > 0 && kept.key.channel == lost.key.channel);
                join_conversations(&mut unit, keep, kept, lost);
            }
            if let Outcome::Done(_) = self.commit(unit).await? {
                return Ok(keep);
            }
        }
        Err(StoreError::Locked("two contacts kept changing while they were made one".into()))
    }

    /// A contact with each of its conversations; one with version 0 stands for a contact without any.
    async fn conversations_of(
        &self,
        account: AccountId,
        contact: ContactId,
    ) -> Result<Vec<Conversation>, StoreError> {
        let channels = self
            .rows(
                "select channel from conversation where account = $1 and contact = $2",
                &values![account, contact],
                |row| Ok(ChannelId(row.int(0)?)),
            )
            .await?;
        let mut found = Vec::new();
        for channel in channels.into_iter().chain([ChannelId(0)]) {
            found.extend(self.of_contact(account, channel, contact).await?);
        }
        Ok(found)
    }
}

fn join_rows(unit: &mut Unit, keep: &Conversation, gone: &Conversation) -> Result<(), StoreError> {
    let account = keep.key.account;
    let both = || values![account, keep.key.contact, gone.key.contact];
    // First, so that the identifiers are free for the one that stays.
    unit.must(
        "delete from contact where account = $1 and contact = $2 and version = $3",
        values![account, gone.key.contact, gone.contact_version],
    );
    let mut fields = gone.contact.fields.clone();
    fields.extend(keep.contact.fields.clone());
    let tags: std::collections::BTreeSet<_> = keep.contact.tags.union(&gone.contact.tags).collect();
    unit.must(
        "update contact set wa_id = coalesce(wa_id, $4), bsuid = coalesce(bsuid, $5), \
         profile_name = coalesce(profile_name, $6), name = coalesce(name, $7), email = coalesce(email, $8), \
         fields = $9, tags = $10, opted_out = $11, stopped = $12, version = version + 1 \
         where account = $1 and contact = $2 and version = $3",
        values![
            account,
            keep.key.contact,
            keep.contact_version,
            gone.address.wa_id.as_deref(),
            gone.address.bsuid.as_deref(),
            gone.stored.profile_name.as_deref(),
            gone.stored.name.as_deref(),
            gone.contact.email.as_deref(),
            json(&fields)?,
            json(&tags)?,
            keep.contact.opted_out || gone.contact.opted_out,
            keep.contact.stopped && gone.contact.stopped,
        ],
    );
    unit.any(
        "delete from message where account = $1 and contact = $3 and incoming = 1 and wamid_key in \
         (select wamid_key from message where account = $1 and contact = $2 and incoming = 1)",
        both(),
    );
    unit.any("update message set contact = $2 where account = $1 and contact = $3", both());
    unit.any("update turn set contact = $2 where account = $1 and contact = $3", both());
    unit.any("update call set contact = $2 where account = $1 and contact = $3 and open = 1", both());
    unit.any("update former_address set contact = $2 where account = $1 and contact = $3", both());
    unit.any(
        "insert into consent (account, contact, at, wish, source) select account, $2, at, wish, source from consent \
         where account = $1 and contact = $3 on conflict (account, contact, at, wish) do nothing",
        both(),
    );
    unit.any("delete from consent where account = $1 and contact = $2", values![account, gone.key.contact]);
    unit.any("update merged_contact set contact = $2 where account = $1 and contact = $3", both());
    unit.any("insert into merged_contact (account, gone, contact) values ($1, $3, $2)", both());
    Ok(())
}

fn join_conversations(unit: &mut Unit, keep: ContactId, kept: Option<&Conversation>, lost: &Conversation) {
    let (account, channel) = (lost.key.account, lost.key.channel);
    let version = kept.map_or(0, |kept| kept.version).max(lost.version) + 1;
    let lost_wins = kept.is_none_or(|kept| {
        (lost.with_team.is_some(), lost.stored.last_in_at)
            > (kept.with_team.is_some(), kept.stored.last_in_at)
    });
    let window_until = lost.contact.window_until.max(kept.map_or(0, |kept| kept.contact.window_until));
    let (winner, loser) = match kept {
        Some(kept) if !lost_wins => (kept, Some(lost)),
        kept => (lost, kept),
    };
    if let Some(loser) = loser {
        unit.must(
            "delete from conversation where account = $1 and contact = $2 and channel = $3 and version = $4",
            values![account, loser.key.contact, channel, loser.version],
        );
    }
    unit.must(
        "update conversation set contact = $5, version = $6, window_until = $7 \
         where account = $1 and contact = $2 and channel = $3 and version = $4",
        values![account, winner.key.contact, channel, winner.version, keep, version, window_until],
    );
}
