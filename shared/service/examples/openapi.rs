//! Prints the OpenAPI document: `cargo run -p orders_service --example openapi > openapi.json`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", orders_service::openapi::to_json()?);
    Ok(())
}
