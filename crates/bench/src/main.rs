use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    jobbers_bench::Command::parse().run().await
}
