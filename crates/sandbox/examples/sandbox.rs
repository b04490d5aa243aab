//! `cargo run -p rapport-sandbox --example sandbox -- [PORT] [WEBHOOK URL] [--data FILE] [--annotate URL]`: the pretend services alone.

use rapport_sandbox::{DataSet, Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = SandboxOptions::default();
    options.listen.set_port(9100);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--data" {
            let file = arguments.next().ok_or("--data needs a file")?;
            options.data = DataSet::parse(&std::fs::read_to_string(file)?)?;
        } else if argument == "--annotate" {
            options.annotate_url = Some(arguments.next().ok_or("--annotate needs an address")?);
        } else if let Ok(port) = argument.parse() {
            options.listen.set_port(port);
        } else {
            options.webhook_url = Some(argument);
        }
    }
    let sandbox = Sandbox::start(options).await?;
    #[expect(clippy::print_stdout, reason = "an example tells where it listens")]
    {
        println!("{}", sandbox.base_url());
    }
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
