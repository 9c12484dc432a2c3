import ArgumentParser

/// Bounds for numbers on the command line, in one wording.
public enum NumberCheck {
    /// - Throws: `ValidationError` for a number outside of the range.
    public static func require<Number: Comparable>(
        _ name: String, _ value: Number?, in range: ClosedRange<Number>
    ) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound)")
    }

    /// The longest span that is asked for in milliseconds: a day.
    public static let milliseconds = 0...86_400_000
    /// The most of anything that is counted.
    public static let counts = 1...1_000_000
}
