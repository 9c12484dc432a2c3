/// An id of the text vocabulary. Audio codes are plain numbers inside a ``CodeFrame``: the two cannot be mixed up.
public struct TokenID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The index in the tokenizer's vocabulary.
    public let rawValue: Int32

    /// Wraps an id.
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Wraps an id.
    public init(_ rawValue: Int) { self.rawValue = Int32(rawValue) }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public var description: String { String(rawValue) }
}
