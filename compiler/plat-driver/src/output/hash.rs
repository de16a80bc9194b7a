//! A fingerprint of a file's bytes, the same on every machine. It guards against accidents, not against attackers.

const SEEDS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F];
const FACTORS: [u64; 2] = [0xFF51_AFD7_ED55_8CCD, 0xC4CE_B9FE_1A85_EC53];

/// 128 bits of the content, in hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let mut lanes = SEEDS;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        mix(&mut lanes, word);
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(words.remainder()) {
        *to = *from;
    }
    mix(&mut lanes, u64::from_le_bytes(last));
    mix(&mut lanes, bytes.len() as u64);
    mix(&mut lanes, 0);
    let [a, b] = lanes;
    format!("{:016x}{:016x}", a ^ (a >> 32), b ^ (b >> 29))
}

/// Two multiplications with different factors, so that a collision in one lane is none in the other.
fn mix(lanes: &mut [u64; 2], word: u64) {
    for (lane, factor) in lanes.iter_mut().zip(FACTORS) {
        *lane = (*lane ^ word).wrapping_mul(factor).rotate_left(31);
    }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;
    use std::collections::BTreeSet;

    #[test]
    fn the_fingerprint_is_stable_and_tells_small_differences_apart() {
        assert_eq!(fingerprint(b"").len(), 32);
        assert_eq!(fingerprint(b"kind: Service\n"), fingerprint(b"kind: Service\n"));
        let texts: BTreeSet<Vec<u8>> =
            (0..64).map(|n| vec![0; n]).chain((0..=255).map(|b| vec![b; 9])).collect();
        let prints: BTreeSet<String> = texts.iter().map(|t| fingerprint(t)).collect();
        assert_eq!(prints.len(), texts.len());
    }
}
