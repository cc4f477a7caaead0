//! Choosing the media type of an answer by `Accept` (RFC 9110, 12.5.1). Qualities are counted in thousandths, as they are
//! written; parameters other than `q` are not looked at.

use std::cmp::Reverse;

/// The media type to answer with: of those offered, the one that the caller likes best; of equals, the first offered. `None`
/// when the caller takes none of them. Without a header, or with an empty one, everything is taken.
pub fn choose(accept: Option<&str>, offered: &[&'static str]) -> Option<&'static str> {
    let accept = accept.map(str::trim).filter(|accept| !accept.is_empty());
    let Some(accept) = accept else {
        return offered.first().copied();
    };
    let ranges: Vec<Range> = accept.split(',').filter_map(Range::parse).collect();
    let liked = offered.iter().enumerate().filter_map(|(place, media_type)| {
        let quality = quality(&ranges, media_type)?;
        (quality > 0).then_some((quality, Reverse(place), *media_type))
    });
    liked.max().map(|(_, _, media_type)| media_type)
}

/// A media range of the header.
struct Range {
    kind: String,
    subtype: String,
    quality_thousandths: u32,
}

impl Range {
    /// What does not read as a media range is not looked at.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        });
        Some(Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            quality_thousandths: quality.map_or(Some(1_000), thousandths)?,
        })
    }

    /// How closely it fits a media type; `None` when it does not.
    fn fit(&self, media_type: &str) -> Option<u8> {
        let (kind, subtype) = media_type.split_once('/')?;
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", "*") => Some(0),
            (own, "*") if own == kind => Some(1),
            (own, sub) if own == kind && sub == subtype => Some(2),
            _ => None,
        }
    }
}

/// The quality of a media type: that of the range which fits it most closely.
fn quality(ranges: &[Range], media_type: &str) -> Option<u32> {
    let fitting = ranges
        .iter()
        .filter_map(|range| Some((range.fit(media_type)?, range.quality_thousandths)));
    fitting.max().map(|(_, quality)| quality)
}

/// `0`, `1` or up to three decimals between them.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u32 = match whole {
        "0" => 0,
        "1" => 1_000,
        _ => return None,
    };
    let part: u32 = format!("{decimals:0<3}").parse().ok().filter(|_| digits)?;
    Some(whole + part).filter(|value| *value <= 1_000)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, Some("application/json"))]
    #[case(Some(""), Some("application/json"))]
    #[case(Some("*/*"), Some("application/json"))]
    #[case(Some("application/*"), Some("application/json"))]
    #[case(Some("text/csv"), Some("text/csv"))]
    #[case(Some("text/*"), Some("text/csv"))]
    #[case(Some("TEXT/CSV; charset=utf-8"), Some("text/csv"))]
    #[case(Some("text/csv, application/json"), Some("application/json"))]
    #[case(Some("text/csv, application/json;q=0.9"), Some("text/csv"))]
    #[case(Some("text/csv;q=0.5, application/json;q=0.501"), Some("application/json"))]
    #[case(Some("text/csv, */*;q=0.1"), Some("text/csv"))]
    #[case(Some("application/json;q=0, */*"), Some("text/csv"))]
    #[case(Some("text/html, application/xhtml+xml, */*;q=0.8"), Some("application/json"))]
    // The closest range decides, also when it says less.
    #[case(
        Some("text/*;q=1, text/csv;q=0.2, application/json;q=0.3"),
        Some("application/json")
    )]
    #[case(Some("text/html"), None)]
    #[case(Some("*/*;q=0"), None)]
    #[case(Some("application/json;q=0.000, text/csv;q=0"), None)]
    #[case(Some("csv"), None)]
    #[case(Some("text/csv;q=high"), None)]
    #[case(Some("text/csv;q=1.001"), None)]
    #[case(Some("text/csv;q=0.0001"), None)]
    #[case(Some(", ;, text/csv"), Some("text/csv"))]
    fn the_caller_gets_what_it_likes_best(#[case] accept: Option<&str>, #[case] chosen: Option<&str>) {
        // RFC 9110, 12.5.1
        assert_eq!(choose(accept, &["application/json", "text/csv"]), chosen);
    }
}
