//! Names to addresses. The guard, not the resolver, decides which of them are dialled.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;

/// A future in a box, so that traits with waiting methods can be objects.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Looks a name up. Called once for each connection; what it answers is checked and is all that is dialled.
pub trait Resolve: Send + Sync {
    /// All addresses of `name`, in the order in which they should be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> Boxed<'a, io::Result<Vec<IpAddr>>>;
}

/// The machine's own resolver: its hosts file, its name servers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> Boxed<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
