//! `end`: ends the flow here; a called flow returns to its caller.

#[derive(Debug, Clone, Default)]
pub struct End;
