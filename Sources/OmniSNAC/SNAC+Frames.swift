public import OmniCore

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
