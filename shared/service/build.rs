//! Takes the files that `GET /docs` needs out of Swagger UI's distribution, compressed as they are served.

use std::borrow::Cow;
use std::error::Error;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

const FILES: [&str; 3] = ["swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for file in FILES {
        let suffix = format!("/dist/{file}");
        let mut names = archive.file_names().flatten();
        let name = names.find(|name| name.ends_with(&suffix)).map(Cow::into_owned);
        drop(names);
        let mut content = Vec::new();
        archive
            .by_name(&name.ok_or_else(|| format!("Swagger UI has no {file}"))?)?
            .read_to_end(&mut content)?;
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&content)?;
        std::fs::write(Path::new(&out).join(format!("{file}.gz")), packed.finish()?)?;
    }
    Ok(())
}
