/// Unicode's Normalization Form C (UAX #15): combining marks in order and composed with what they follow, so that "é"
/// is one scalar however it was typed.
///
/// Text is searched for scalars that could change, and only the stretch around those is worked on; most text is left as
/// it stands, untouched and uncopied. Time is n log n at worst, for runs of combining marks.
struct CanonicalComposition: Sendable {
    /// One step of decomposition; the second is 0 where there is one scalar only.
    private var decompositions: [UInt32: (first: UInt32, second: UInt32)] = [:]
    /// first << 32 | second → composed.
    private var compositions: [UInt64: UInt32] = [:]
    /// Scalars that do not stand for themselves, or that could compose with one before them.
    private var unstable: [UInt64]

    static let shared = CanonicalComposition()

    private init() {
        unstable = [UInt64](repeating: 0, count: 0x30000 / 64)
        for entry in CanonicalMappings.text.description.split(separator: " ") {
            let sides = entry.split(separator: "=")
            let isComposed = entry.contains("+")
            let parts = sides.last?.split { $0 == "+" || $0 == "!" }.compactMap { UInt32($0, radix: 16) } ?? []
            guard let name = sides.first, let scalar = UInt32(name, radix: 16), let first = parts.first else {
                continue
            }
            let second = parts.count > 1 ? parts[1] : 0
            decompositions[scalar] = (first, second)
            if isComposed {
                compositions[UInt64(first) << 32 | UInt64(second)] = scalar
                mark(second)
            } else {
                mark(scalar)
            }
        }
        for vowel in Hangul.vowels { mark(vowel) }
        for tail in Hangul.tails { mark(tail) }
    }

    private mutating func mark(_ scalar: UInt32) {
        unstable[Int(scalar / 64)] |= 1 << UInt64(scalar % 64)
    }

    private func isUnstable(_ scalar: UInt32) -> Bool {
        scalar < 0x30000 && unstable[Int(scalar / 64)] >> UInt64(scalar % 64) & 1 != 0
    }

    /// Whether nothing before `scalar` can change because of it, nor it itself.
    @inline(__always)
    private func isBoundary(_ scalar: UInt32) -> Bool {
        if scalar < 0x300 || (0x3400...0x9FFF).contains(scalar) || (0xAC00...0xD7A3).contains(scalar) { return true }
        return !isUnstable(scalar) && combiningClass(scalar) == 0
    }

    private func combiningClass(_ scalar: UInt32) -> UInt8 {
        Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
    }

    /// Appends the normal form of `text[range]` to `result`.
    func append(_ text: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8]) {
        var copied = range.lowerBound
        var boundary = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] < 0x80 {
                boundary = index
                index += 1
                continue
            }
            let (scalar, length) = text.scalar(at: index)
            if isBoundary(scalar) {
                boundary = index
                index += length
                continue
            }
            // Marks in order that compose with nothing are as they should be.
            var isNormal = !isUnstable(scalar)
            var lastClass = combiningClass(scalar)
            var end = index + length
            while end < range.upperBound {
                let (scalar, length) = text.scalar(at: end)
                if isBoundary(scalar) { break }
                let nextClass = combiningClass(scalar)
                if isUnstable(scalar) || nextClass < lastClass { isNormal = false }
                lastClass = nextClass
                end += length
            }
            if isNormal {
                boundary = end
                index = end
                continue
            }
            for place in copied..<boundary { result.append(text[place]) }
            appendComposed(text, boundary..<end, to: &result)
            copied = end
            boundary = end
            index = end
        }
        for place in copied..<range.upperBound { result.append(text[place]) }
    }

    private func appendComposed(_ text: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8]) {
        var scalars: [(scalar: UInt32, combiningClass: UInt8)] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = text.scalar(at: index)
            decompose(scalar, to: &scalars)
            index += length
        }
        order(&scalars)
        for scalar in compose(scalars) {
            guard let value = Unicode.Scalar(scalar), let bytes = UTF8.encode(value) else { continue }
            result.append(contentsOf: bytes)
        }
    }

    private func decompose(_ scalar: UInt32, to result: inout [(scalar: UInt32, combiningClass: UInt8)]) {
        if let parts = Hangul.decomposition(of: scalar) {
            for part in parts { result.append((part, 0)) }
        } else if let (first, second) = decompositions[scalar] {
            decompose(first, to: &result)
            if second != 0 { decompose(second, to: &result) }
        } else {
            result.append((scalar, combiningClass(scalar)))
        }
    }

    /// Sorts each run of combining marks by class, those of the same class staying in order.
    private func order(_ scalars: inout [(scalar: UInt32, combiningClass: UInt8)]) {
        var start = 0
        while start < scalars.count {
            var end = start
            while end < scalars.count, scalars[end].combiningClass != 0 { end += 1 }
            if end - start > 1 {
                let run = scalars[start..<end].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                for (offset, mark) in run.enumerated() { scalars[start + offset] = mark.element }
            }
            start = end + 1
        }
    }

    private func compose(_ scalars: [(scalar: UInt32, combiningClass: UInt8)]) -> [UInt32] {
        var result: [UInt32] = []
        var starter: Int?
        // The class of the last scalar after the starter that was kept; a scalar of a class no higher is blocked by it.
        var lastClass = -1
        for (scalar, combiningClass) in scalars {
            if let place = starter, lastClass < Int(combiningClass), let composed = composition(result[place], scalar) {
                result[place] = composed
                continue
            }
            if combiningClass == 0 {
                starter = result.count
                lastClass = -1
            } else {
                lastClass = Int(combiningClass)
            }
            result.append(scalar)
        }
        return result
    }

    private func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composition(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
}

/// Hangul syllables, composed and decomposed by arithmetic (The Unicode Standard, section 3.12).
private enum Hangul {
    static let leads: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    /// Without the place of "no tail", which comes first.
    static let tails: Range<UInt32> = 0x11A8..<0x11C3
    static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    private static let tailCount: UInt32 = 28

    static func decomposition(of scalar: UInt32) -> [UInt32]? {
        guard syllables.contains(scalar) else { return nil }
        let index = scalar - syllables.lowerBound
        let lead = leads.lowerBound + index / (21 * tailCount)
        let vowel = vowels.lowerBound + index % (21 * tailCount) / tailCount
        let tail = index % tailCount
        return tail == 0 ? [lead, vowel] : [lead, vowel, tails.lowerBound - 1 + tail]
    }

    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leads.contains(first), vowels.contains(second) {
            let index = (first - leads.lowerBound) * 21 + second - vowels.lowerBound
            return syllables.lowerBound + index * tailCount
        }
        guard syllables.contains(first), tails.contains(second),
            (first - syllables.lowerBound) % tailCount == 0
        else { return nil }
        return first + second - (tails.lowerBound - 1)
    }
}
