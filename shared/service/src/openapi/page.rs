//! The files of `GET /docs`: Swagger UI, which the build script takes out of its distribution, and the page around it.
//! Nothing comes from another host, so the page works offline, and every address in it is relative.

use std::io::Read as _;

use flate2::read::GzDecoder;

/// What a browser may load for the page: only what this service serves. Swagger UI draws its icons from `data:` addresses.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page.
pub struct Asset {
    /// How the query parameter `asset` names it.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    content: Content,
}

enum Content {
    Plain(&'static str),
    Gzip(&'static [u8]),
}

macro_rules! vendored {
    ($name:literal, $content_type:literal) => {
        Asset {
            name: $name,
            content_type: $content_type,
            content: Content::Gzip(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz"))),
        }
    };
}

/// The page itself.
pub static PAGE: Asset = Asset {
    name: "",
    content_type: "text/html; charset=utf-8",
    content: Content::Plain(include_str!("page/index.html")),
};

/// What the page loads.
pub static ASSETS: [Asset; 5] = [
    vendored!("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    vendored!("swagger-ui.css", "text/css; charset=utf-8"),
    vendored!("favicon-32x32.png", "image/png"),
    Asset {
        name: "initializer.js",
        content_type: "text/javascript; charset=utf-8",
        content: Content::Plain(include_str!("page/initializer.js")),
    },
    Asset {
        name: "page.css",
        content_type: "text/css; charset=utf-8",
        content: Content::Plain(include_str!("page/page.css")),
    },
];

impl Asset {
    /// The content compressed, when it is kept so: a browser unpacks it faster than the network carries it.
    pub fn gzip(&self) -> Option<&'static [u8]> {
        match self.content {
            Content::Gzip(packed) => Some(packed),
            Content::Plain(_) => None,
        }
    }

    /// The content as it is.
    ///
    /// # Errors
    /// When what the build packed does not unpack, which is a fault of ours.
    pub fn plain(&self) -> std::io::Result<Vec<u8>> {
        match self.content {
            Content::Plain(text) => Ok(text.as_bytes().to_vec()),
            Content::Gzip(packed) => {
                let mut unpacked = Vec::new();
                GzDecoder::new(packed).read_to_end(&mut unpacked)?;
                Ok(unpacked)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_every_asset_and_nothing_else() {
        let page = String::from_utf8(PAGE.plain().unwrap()).unwrap();
        let mut loaded: Vec<_> = page
            .split("docs?asset=")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        loaded.sort_unstable();
        let mut names: Vec<_> = ASSETS.iter().map(|asset| asset.name).collect();
        names.sort_unstable();
        assert_eq!(loaded, names);
        assert!(!page.contains("//"), "an address that is not relative");
    }

    #[test]
    fn every_asset_unpacks() {
        for asset in &ASSETS {
            let plain = asset.plain().unwrap();
            assert!(!plain.is_empty(), "{}", asset.name);
        }
        let bundle = ASSETS[0].plain().unwrap();
        assert!(String::from_utf8_lossy(&bundle).contains("SwaggerUIBundle"));
    }
}
