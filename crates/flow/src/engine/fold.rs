//! Comparing words regardless of case, in any script.

use regex::Regex;
use std::sync::LazyLock;

/// Folds case so that what a reader takes for the same word is the same text: `Straße` and `STRASSE`, `Σίσυφος` and
/// `ΣΊΣΥΦΟΣ`, `İstanbul` and `istanbul`. Runs of white space become one space, outer ones go.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        // Upper case first joins ß with SS and final with medial sigma; char by char, since str's lower case would
        // tell the sigmas apart again.
        let mut previous = ' ';
        for c in word.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
            // What is left of İ: the dot above an i.
            if c == '\u{307}' && previous == 'i' {
                continue;
            }
            folded.push(c);
            previous = c;
        }
    }
    folded
}

/// The words of a folded text. Scripts written without spaces have no word boundaries to find: each of their letters
/// counts as a word, so that a keyword is found anywhere in a sentence.
pub(crate) fn words(folded: &str) -> Vec<&str> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        let unspaced = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}";
        Regex::new(&format!(r"[{unspaced}]|[\w--[{unspaced}]]+")).expect("a constant pattern")
    });
    WORD.find_iter(folded).map(|found| found.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_fold_to_equal_texts() {
        for (one, other) in [
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
            ("İstanbul", "istanbul"),
            ("  Account \n help ", "account help"),
            ("ПРИВЕТ", "привет"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("account"), fold("accounts"));
    }

    #[test]
    fn words_end_where_their_script_ends_them() {
        assert_eq!(words("look into my account?"), ["look", "into", "my", "account"]);
        assert_eq!(words("hola,¿cuenta?"), ["hola", "cuenta"]);
        // A vowel sign or virama belongs to its word.
        assert_eq!(words("मेरा खाता"), ["मेरा", "खाता"]);
        assert_eq!(words("请帮助"), ["请", "帮", "助"]);
        assert!(words("👍 !?").is_empty());
    }
}
