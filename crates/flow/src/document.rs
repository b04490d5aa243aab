//! A flow as text: YAML for people and git, JSON for the API, read into a [`Flow`](crate::Flow) with places, comments and
//! every finding; changed only by edits of ranges.
