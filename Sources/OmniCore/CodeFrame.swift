/// One codec frame: the codes of every codebook for one step of the coarsest, in the order in which time and
/// codebook interleave in the language model's streams.
///
/// A 24 kHz frame has seven codes and lasts 2 048 samples (85.3 ms): codebook 0 ← `codes[0]`;
/// codebook 1 ← `codes[1], codes[4]`; codebook 2 ← `codes[2], codes[3], codes[5], codes[6]`.
/// A frame of the four-codebook family has fifteen codes. The order is a depth-first walk of the binary tree whose
/// root is the coarsest code; a codec knows how to take it apart.
public struct CodeFrame: Sendable, Hashable, RandomAccessCollection, CustomStringConvertible {
    // Up to 16 codes fit inline, so that a decoding step that emits a frame allocates nothing.
    private var lanes: SIMD16<Int32>
    /// How many codes the frame holds: 7 at 24 kHz, 15 with four codebooks.
    public let count: Int

    /// Takes the codes in stream order.
    ///
    /// - Precondition: at most 16 codes.
    public init(_ codes: some Collection<Int32>) {
        precondition(codes.count <= 16, "a frame holds at most 16 codes, not \(codes.count)")
        lanes = .zero
        count = codes.count
        for (index, code) in codes.enumerated() { lanes[index] = code }
    }

    /// Takes the first `count` of up to 8 codes, as they lie: a decode step that makes a frame needs no collection.
    package init(_ codes: SIMD8<Int32>, count: Int) {
        precondition(count >= 0 && count <= 8, "\(count) of 8 codes")
        lanes = .zero
        self.count = count
        for index in 0..<count { lanes[index] = codes[index] }
    }

    /// The code that stream `index` contributed.
    public subscript(index: Int) -> Int32 {
        precondition(index >= 0 && index < count, "code \(index) of a frame of \(count)")
        return lanes[index]
    }

    /// All codes in stream order.
    public var codes: [Int32] { Array(self) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    /// The codes, as in `[3, 1, 4]`.
    public var description: String { codes.description }
}

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
