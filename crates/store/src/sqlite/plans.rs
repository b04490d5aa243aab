//! No statement may walk a table that grows: checked for every statement that any test runs, in debug builds only.

use rusqlite::Connection;

/// Tables with a row for each message, turn, call, contact or conversation, and the aliases that queries give them.
const GROWING: [(&str, &[&str]); 6] = [
    ("message", &["message", "m", "earlier", "latest"]),
    ("turn", &["turn"]),
    ("call", &["call", "a"]),
    ("action", &["action"]),
    ("contact", &["contact", "c"]),
    ("conversation", &["conversation", "v"]),
];

/// Panics when SQLite would read more of such a table than one contact's rows or one partial index.
pub(super) fn check(connection: &Connection, sql: &str) {
    let Ok(mut statement) = connection.prepare(&format!("explain query plan {sql}")) else {
        // Its own preparation will tell what is wrong with it.
        return;
    };
    // Unbound parameters are null, which plans do not depend on.
    let details: Vec<String> =
        statement.query_map([], |row| row.get(3)).and_then(Iterator::collect).unwrap_or_default();
    for detail in details {
        assert!(!walks(&detail), "walks a table that grows: {detail}\n{sql}");
    }
}

/// Reads a line such as `SEARCH m USING INDEX message_unsettled (account=? AND contact=?)`.
fn walks(detail: &str) -> bool {
    let mut words = detail.split(' ');
    let (Some(way), Some(table)) = (words.next(), words.next()) else { return false };
    let Some((table, _)) = GROWING.iter().find(|(_, aliases)| aliases.contains(&table)) else { return false };
    // Partial indexes are named after their table; they hold only what waits.
    let partial = detail.contains(&format!("INDEX {table}_"));
    match way {
        "SCAN" => !partial,
        "SEARCH" => !partial && detail.ends_with("(account=?)"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_walk_from_a_look_up() {
        for detail in [
            "SCAN message",
            "SCAN c",
            "SEARCH m USING INDEX sqlite_autoindex_message_1 (account=?)",
            "SEARCH call USING PRIMARY KEY (account=?)",
        ] {
            assert!(walks(detail), "{detail}");
        }
        for detail in [
            "SCAN channel",
            "SEARCH m USING INDEX message_unsettled (account=?)",
            "SEARCH conversation USING INDEX sqlite_autoindex_conversation_1 (account=? AND contact=?)",
            "USE TEMP B-TREE FOR ORDER BY",
        ] {
            assert!(!walks(detail), "{detail}");
        }
    }
}
