//! Prints the AsyncAPI document: `cargo run -p orders_service --example asyncapi > docs/asyncapi.json`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", orders_service::asyncapi::to_json()?);
    Ok(())
}
