//! Draws how costs grow: `plots FOLDER`, with the measured rows on standard input, one JSON object a line. Each
//! plot is an SVG of a few kilobytes; its colors are as readable on white as on black, and nothing is painted
//! behind it.

use plotters::prelude::*;
use plotters::style::FontTransform;
use serde::Deserialize;
use std::error::Error;
use std::io::Read;
use std::path::PathBuf;

/// One point of a plot; rows that are none are not for this program.
#[derive(Deserialize)]
struct Row {
    plot: String,
    series: String,
    size: f64,
    instructions: Option<f64>,
    rate: Option<f64>,
}

struct Plot {
    /// Its file, without the ending.
    name: &'static str,
    title: &'static str,
    grows: &'static str,
    cost: &'static str,
    scale: Scale,
}

/// What is drawn by its logarithm.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Neither,
    Sizes,
    Both,
}

const PLOTS: [Plot; 6] = [
    Plot {
        name: "origins",
        title: "A preflight, by the number of listed origins",
        grows: "origins that the policy lists",
        cost: "instructions",
        scale: Scale::Both,
    },
    Plot {
        name: "headers",
        title: "A request, by the number of its headers",
        grows: "headers beside the usual ones",
        cost: "instructions",
        scale: Scale::Neither,
    },
    Plot {
        name: "header-length",
        title: "A preflight, by the length of Access-Control-Request-Headers",
        grows: "bytes of the header",
        cost: "instructions",
        scale: Scale::Both,
    },
    Plot {
        name: "redirects",
        title: "A fetch, by the number of redirects",
        grows: "redirects that are followed",
        cost: "instructions",
        scale: Scale::Neither,
    },
    Plot {
        name: "cache",
        title: "A fetch, by the number of URLs in the preflight cache",
        grows: "URLs in the cache",
        cost: "instructions",
        scale: Scale::Sizes,
    },
    Plot {
        name: "threads",
        title: "Decisions on one policy, by the number of threads",
        grows: "threads",
        cost: "million decisions a second",
        scale: Scale::Neither,
    },
];

const GRAY: RGBColor = RGBColor(0x76, 0x7d, 0x86);
const COLORS: [RGBColor; 5] = [
    RGBColor(0x2f, 0x81, 0xf7),
    RGBColor(0x2d, 0x9d, 0x5b),
    RGBColor(0xd9, 0x6c, 0x1e),
    RGBColor(0xb3, 0x5c, 0xd6),
    RGBColor(0xd1, 0x4f, 0x6f),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: plots FOLDER <measured.jsonl")?);
    let mut measured = String::new();
    std::io::stdin().read_to_string(&mut measured)?;
    let rows: Vec<Row> = measured.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for plot in &PLOTS {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.plot == plot.name).collect();
        if !rows.is_empty() {
            std::fs::write(folder.join(plot.name).with_extension("svg"), drawn(plot, &rows)?)?;
        }
    }
    Ok(())
}

fn drawn(plot: &Plot, rows: &[&Row]) -> Result<String, Box<dyn Error>> {
    let points: Vec<(&str, (f64, f64))> =
        rows.iter().map(|row| (row.series.as_str(), point(plot, row))).collect();
    let (sizes, costs) =
        (range(points.iter().map(|point| point.1.0)), range(points.iter().map(|point| point.1.1)));
    let lowest = if plot.scale == Scale::Both { costs.0.floor() } else { 0.0 };
    let highest = if plot.scale == Scale::Both { costs.1.ceil() } else { costs.1 * 1.15 };

    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (720, 400)).into_drawing_area();
        let text = |size: i32| ("sans-serif", size).into_font().color(&GRAY);
        let mut chart = ChartBuilder::on(&area)
            .caption(plot.title, text(18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(72)
            .build_cartesian_2d(sizes.0..sizes.1, lowest..highest)?;
        chart
            .configure_mesh()
            .max_light_lines(0)
            .x_labels(if plot.scale == Scale::Neither { 10 } else { decades(sizes) })
            .y_labels(if plot.scale == Scale::Both { decades((lowest, highest)) } else { 10 })
            .axis_style(GRAY)
            .bold_line_style(GRAY.mix(0.25))
            .label_style(text(13))
            .axis_desc_style(text(14))
            .x_desc(plot.grows)
            .y_desc(plot.cost)
            .x_label_formatter(&|&size| {
                short(if plot.scale == Scale::Neither { size } else { 10_f64.powf(size) })
            })
            .y_label_formatter(&|&cost| {
                short(if plot.scale == Scale::Both { 10_f64.powf(cost) } else { cost })
            })
            .draw()?;
        let mut names: Vec<&str> = Vec::new();
        points.iter().for_each(|(name, _)| {
            if !names.contains(name) {
                names.push(name)
            }
        });
        for (name, color) in names.into_iter().zip(COLORS) {
            let line: Vec<_> = points.iter().filter(|point| point.0 == name).map(|point| point.1).collect();
            chart
                .draw_series(LineSeries::new(line.iter().copied(), color.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
            chart.draw_series(line.iter().map(|&place| Circle::new(place, 3, color.filled())))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(text(13).transform(FontTransform::None))
            .draw()?;
        area.present()?;
    }
    Ok(svg)
}

fn point(plot: &Plot, row: &Row) -> (f64, f64) {
    let cost = row.instructions.or(row.rate.map(|rate| rate / 1e6)).unwrap_or_default();
    let logarithm = |number: f64| number.max(1.0).log10();
    match plot.scale {
        Scale::Neither => (row.size, cost),
        Scale::Sizes => (logarithm(row.size), cost),
        Scale::Both => (logarithm(row.size), logarithm(cost)),
    }
}

/// The least and the most of some numbers; never the same, which could not be drawn.
fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (least, most) = numbers.fold(start, |(least, most), number| (least.min(number), most.max(number)));
    (least, most.max(least + 1.0))
}

/// How many labels leave out everything between one power of ten and the next.
fn decades((least, most): (f64, f64)) -> usize {
    (most.ceil() - least.floor()) as usize + 1
}

/// The number as a label has it: 1,500 is `1.5 k`.
fn short(number: f64) -> String {
    let (scaled, unit) = match number {
        1e9.. => (number / 1e9, " G"),
        1e6.. => (number / 1e6, " M"),
        1e3.. => (number / 1e3, " k"),
        _ => (number, ""),
    };
    let rounded = (scaled * 100.0).round() / 100.0;
    format!("{rounded}{unit}")
}
