//! CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320), as zip and PNG use it.

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time; the counter stops at the array's length"
)]
const TABLE: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut index = 0_usize;
    let mut seed = 0_u32;
    while index < 256 {
        let mut value = seed;
        let mut step = 0;
        while step < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xEDB8_8320 } else { value >> 1 };
            step += 1;
        }
        table[index] = value;
        index += 1;
        seed += 1;
    }
    table
};

/// The checksum of `bytes`.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |state, byte| {
        let [low, ..] = state.to_le_bytes();
        let entry = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or(0);
        (state >> 8) ^ entry
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
