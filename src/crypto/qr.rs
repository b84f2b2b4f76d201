//! QR codes for set-up addresses: SVG for the page, PNG for everything that shows no SVG.

use base64::{Engine, engine::general_purpose::STANDARD};
use qrcode::{Color, EcLevel, QrCode, render::svg};

/// Why a QR code could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// The text has more than fits.
    #[error("the text does not fit into a QR code")]
    TooLong,
    /// The picture could not be encoded.
    #[error("the QR code could not be encoded as PNG")]
    Png(#[from] png::EncodingError),
}

/// Light modules around the code (ISO/IEC 18004 section 9.1).
const QUIET: usize = 4;

/// Pixels of a module in the PNG.
const SCALE: usize = 6;

/// The code as an `<svg>` element of about 260 units, without a prolog, ready to be put into a page.
pub fn svg(text: &str) -> Result<String, QrError> {
    let svg = code(text)?.render::<svg::Color<'_>>().min_dimensions(260, 260).build();
    Ok(svg.find("<svg").map_or(svg.clone(), |at| svg[at..].to_owned()))
}

/// The code as `data:image/png;base64,…`, black on white.
pub fn png_data_uri(text: &str) -> Result<String, QrError> {
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png(&code(text)?)?)))
}

fn code(text: &str) -> Result<QrCode, QrError> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError::TooLong)
}

fn png(code: &QrCode) -> Result<Vec<u8>, QrError> {
    let width = code.width();
    let side = (width + 2 * QUIET) * SCALE;
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
            let dark = module(x).zip(module(y)).is_some_and(|at| code[at] == Color::Dark);
            pixels.push(if dark { 0 } else { 255 });
        }
    }
    let mut out = Vec::new();
    // A QR code has at most 177 modules a side: the picture is far below u32.
    let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::totp::TotpSecret, domain::sample};

    /// Reads a QR code out of grey pixels with a decoder that is not ours.
    fn decode(width: usize, height: usize, grey: impl FnMut(usize, usize) -> u8) -> String {
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    fn uris() -> Vec<String> {
        let secret = TotpSecret::generate(&sample::world());
        let long_address = format!("{}@{}.example", "a".repeat(64), "b.".repeat(85));
        vec![
            secret.uri("Acme", "ann@acme.example"),
            secret.uri(&"ö".repeat(100), &long_address),
            secret.uri(&"🎤".repeat(100), "a@b.example"),
        ]
    }

    #[test]
    fn another_decoder_reads_the_png() {
        for uri in uris() {
            let data = png_data_uri(&uri).unwrap();
            let bytes = STANDARD.decode(data.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            let width = info.width as usize;
            assert_eq!(decode(width, info.height as usize, |x, y| pixels[y * width + x]), uri);
        }
    }

    #[test]
    fn another_decoder_reads_the_svg() {
        for uri in uris() {
            let svg = svg(&uri).unwrap();
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("script"));
            let (side, dark) = draw(&svg);
            assert_eq!(decode(side, side, |x, y| if dark[y * side + x] { 0 } else { 255 }), uri);
        }
    }

    /// Draws the one path of the SVG, which is made of `M x y h w v h H x V y` rectangles.
    fn draw(svg: &str) -> (usize, Vec<bool>) {
        let attribute = |name: &str| svg.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0;
        let side: usize = attribute("width").parse().unwrap();
        let mut dark = vec![false; side * side];
        for rectangle in attribute("d").split('M').filter(|part| !part.is_empty()) {
            let n: Vec<usize> =
                rectangle.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            for y in n[1]..n[1] + n[3] {
                dark[y * side + n[0]..y * side + n[0] + n[2]].fill(true);
            }
        }
        (side, dark)
    }

    #[test]
    fn too_much_text_is_refused() {
        assert!(matches!(svg(&"a".repeat(4000)), Err(QrError::TooLong)));
    }
}
