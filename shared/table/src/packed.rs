//! Segments as they are stored in a server's item: few bytes, because every check-in reads them.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use jiff::civil::Date;
use licensing::grant::CareLevel;
use licensing::pool::PoolKey;
use licensing::product::Unit;
use licensing::segment::{Segment, SegmentStatus};
use serde::{Deserialize, Serialize};

use crate::TableError;

/// Pools once, then pieces that name them by index; instants in seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Packed {
    pools: Vec<(PoolKey, Unit)>,
    pieces: Vec<Piece>,
}

/// Pool, capacity, from, until, whether in grace, care, start, term.
type Piece = (usize, u32, i64, Option<i64>, bool, Option<CareLevel>, Date, Option<Date>);

/// Deflates segments.
pub(crate) fn pack(segments: &[Segment]) -> Vec<u8> {
    let mut packed = Packed { pools: Vec::new(), pieces: Vec::with_capacity(segments.len()) };
    for segment in segments {
        let pool = packed.pools.iter().position(|(key, _)| *key == segment.pool).unwrap_or_else(|| {
            packed.pools.push((segment.pool.clone(), segment.unit));
            packed.pools.len() - 1
        });
        packed.pieces.push((
            pool,
            segment.capacity,
            segment.from.as_second(),
            segment.until.map(Timestamp::as_second),
            segment.status == SegmentStatus::InGrace,
            segment.care,
            segment.start,
            segment.term,
        ));
    }
    let json = serde_json::to_vec(&packed).expect("texts, numbers and dates always serialize");
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&json).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

/// Inflates what [`pack`] made.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<Segment>, TableError> {
    let malformed = |source: Box<dyn std::error::Error + Send + Sync>| TableError::Malformed {
        operation: "unpack segments",
        source,
    };
    let mut json = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut json).map_err(|error| malformed(error.into()))?;
    let packed: Packed = serde_json::from_slice(&json).map_err(|error| malformed(error.into()))?;
    let segment = |(pool, capacity, from, until, in_grace, care, start, term): Piece| {
        let (pool, unit) = packed.pools.get(pool)?.clone();
        Some(Segment {
            pool,
            unit,
            capacity,
            from: Timestamp::from_second(from).ok()?,
            until: until.map(Timestamp::from_second).transpose().ok()?,
            status: if in_grace { SegmentStatus::InGrace } else { SegmentStatus::Active },
            care,
            start,
            term,
        })
    };
    let pieces = packed.pieces.into_iter().map(segment).collect::<Option<Vec<_>>>();
    pieces.ok_or_else(|| malformed("a piece names no pool or no instant".into()))
}
