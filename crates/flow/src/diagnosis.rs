//! What an exchange, or a request as written, tells its author.
