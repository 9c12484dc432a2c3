extension StringProtocol {
    /// Whether at most 30 combining characters follow each other (Unicode's Stream-Safe Text Format, UAX #15).
    ///
    /// Swift compares and hashes strings in their normal form, for which combining characters are sorted; the time for
    /// that grows with the square of their number. Text from outside that is compared with anything must be checked,
    /// whatever its length.
    var isStreamSafe: Bool {
        guard !utf8.allSatisfy({ $0 < 0x80 }) else { return true }
        var count = 0
        for scalar in unicodeScalars {
            // There are none before U+0300.
            guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
                count = 0
                continue
            }
            count += 1
            guard count <= 30 else { return false }
        }
        return true
    }
}
