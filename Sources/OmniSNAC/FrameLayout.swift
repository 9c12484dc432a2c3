public import OmniCore

/// How the codes of the codebooks lie in a ``/OmniCore/CodeFrame``: a depth-first walk of the tree whose root is the
/// coarsest code and whose every node has as children the codes of the next codebook in its span of time.
struct FrameLayout: Sendable {
    /// For each place in a frame: the codebook, and which of its codes in the frame.
    let places: [(codebook: Int, offset: Int)]
    /// Codes of each codebook in a frame.
    let codesPerFrame: [Int]

    /// The layout for strides of which each is a multiple of the next.
    init(strides: [Int]) {
        let coarsest = strides.first ?? 1
        codesPerFrame = strides.map { coarsest / $0 }
        var places: [(codebook: Int, offset: Int)] = []
        func walk(_ codebook: Int, _ offset: Int) {
            places.append((codebook, offset))
            guard codebook + 1 < strides.count else { return }
            let childCount = strides[codebook] / strides[codebook + 1]
            for child in 0..<childCount { walk(codebook + 1, offset * childCount + child) }
        }
        walk(0, 0)
        self.places = places
    }

    /// Adds the codes of a frame to the lists of the codebooks.
    func append(_ frame: CodeFrame, to codes: inout [[Int32]], codebookSize: Int) throws(SNACError) {
        guard frame.count == places.count else {
            throw .wrongFrameWidth(expected: places.count, found: frame.count)
        }
        for (index, place) in places.enumerated() where frame[index] < 0 || frame[index] >= codebookSize {
            throw .codeOutOfRange(code: frame[index], codebook: place.codebook, codebookSize: codebookSize)
        }
        // The walk visits the codes of each codebook in the order of time.
        for (index, place) in places.enumerated() { codes[place.codebook].append(frame[index]) }
    }

    /// The number of whole frames in lists of codes.
    func frameCount(of codes: [[Int32]]) throws(SNACError) -> Int {
        let counts = codes.map(\.count)
        let frameCount = counts.first.map { $0 / codesPerFrame[0] } ?? 0
        guard counts == codesPerFrame.map({ $0 * frameCount }) else {
            throw .unevenCodes(counts: counts, codesPerFrame: codesPerFrame)
        }
        return frameCount
    }

    /// Frame `index` of lists that ``frameCount(of:)`` has approved.
    func frame(_ index: Int, of codes: [[Int32]]) -> CodeFrame {
        CodeFrame(places.map { codes[$0.codebook][index * codesPerFrame[$0.codebook] + $0.offset] })
    }
}

extension SNAC {
    /// Whole frames as one list of codes for each codebook, coarsest first.
    ///
    /// - Throws: ``SNACError/wrongFrameWidth(expected:found:)`` or
    ///   ``SNACError/codeOutOfRange(code:codebook:codebookSize:)``.
    public func codes(of frames: some Sequence<CodeFrame>) throws(SNACError) -> [[Int32]] {
        var codes: [[Int32]] = Array(repeating: [], count: configuration.codebookStrides.count)
        for frame in frames {
            try layout.append(frame, to: &codes, codebookSize: configuration.codebookSize)
        }
        return codes
    }

    /// Lists of codes, coarsest codebook first, as frames: 7 codes each with three codebooks, 15 with four.
    ///
    /// - Throws: ``SNACError/unevenCodes(counts:codesPerFrame:)`` or
    ///   ``SNACError/codeOutOfRange(code:codebook:codebookSize:)``.
    public func frames(of codes: [[Int32]]) throws(SNACError) -> [CodeFrame] {
        let frameCount = try checkedFrameCount(of: codes)
        return (0..<frameCount).map { layout.frame($0, of: codes) }
    }

    /// The number of whole frames in lists of codes that are all in their codebooks.
    func checkedFrameCount(of codes: [[Int32]]) throws(SNACError) -> Int {
        let frameCount = try layout.frameCount(of: codes)
        for (codebook, list) in codes.enumerated() {
            for code in list where code < 0 || code >= configuration.codebookSize {
                throw .codeOutOfRange(code: code, codebook: codebook, codebookSize: configuration.codebookSize)
            }
        }
        return frameCount
    }
}
