public import Foundation

extension ByteLevelBPETokenizer {
    /// Reads a rank file as tiktoken has it, `multilingual.tiktoken` or `gpt2.tiktoken` of openai-whisper: a line for
    /// each token, its bytes in base64 and its rank, which is its id. The pattern of words is GPT-2's; there are no
    /// special tokens.
    ///
    /// - Throws: ``TokenizerError``.
    public init(rankFile url: URL) throws(TokenizerError) {
        try self.init(ranks: try readFile(url), file: url.path)
    }

    /// Reads the bytes of a rank file; `file` is what errors call it.
    public init(ranks bytes: [UInt8], file: String) throws(TokenizerError) {
        let tokens = try RankFile.tokens(bytes, file: file)
        try self.init(json: TokenizerJSON.ofRanks(tokens), file: file)
    }

    /// Reads `vocab.json` and `merges.txt`, as GPT-2 is published. The pattern of words is GPT-2's.
    ///
    /// - Throws: ``TokenizerError``.
    public init(vocabulary: URL, merges: URL) throws(TokenizerError) {
        let lines = try readFile(merges).split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        let merges = lines.filter { !$0.isEmpty && !$0.starts(with: "#version".utf8) }.map { Array($0) }
        try self.init(
            json: TokenizerJSON.text(vocabulary: try readFile(vocabulary), merges: merges), file: vocabulary.path)
    }
}

/// Tokens by their ranks.
enum RankFile {
    /// The longest token: published files have 128 bytes, and every place is tried where a token may be cut in two.
    static let tokenLimit = 1024

    /// - Throws: ``TokenizerError/Code/malformed``, ``TokenizerError/Code/inconsistent``,
    ///   ``TokenizerError/Code/unsupported``.
    static func tokens(_ bytes: [UInt8], file: String) throws(TokenizerError) -> [[UInt8]] {
        var tokens: [Int: [UInt8]] = [:]
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let parts = line.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
            // The empty token of the multilingual file is spelt "=".
            guard parts.count == 2, let rank = Int(String(decoding: parts[1], as: UTF8.self)), rank >= 0,
                let token = parts[0].elementsEqual("=".utf8) ? [] : Data(base64Encoded: Data(parts[0])).map(Array.init)
            else {
                throw TokenizerError(
                    .malformed, file: file, field: "line \(index + 1)", reason: "this is not base64 and a rank")
            }
            guard token.count <= tokenLimit else {
                throw TokenizerError(
                    .unsupported, file: file, field: "line \(index + 1)",
                    reason: "the token has \(token.count) bytes; at most \(tokenLimit) are read")
            }
            guard tokens.updateValue(token, forKey: rank) == nil else {
                throw TokenizerError(
                    .inconsistent, file: file, field: "line \(index + 1)", reason: "the rank \(rank) has two tokens")
            }
        }
        var result: [[UInt8]] = []
        for rank in 0..<tokens.count {
            guard let token = tokens[rank] else {
                throw TokenizerError(.inconsistent, file: file, reason: "no token has the rank \(rank)")
            }
            result.append(token)
        }
        guard !result.isEmpty else { throw TokenizerError(.malformed, file: file, reason: "there are no ranks") }
        return result
    }
}

/// Other files of byte-level encodings as the text of a `tokenizer.json`, so that one reader checks them all.
enum TokenizerJSON {
    /// Any two neighbours whose bytes together are a token merge into it, the lowest rank first.
    static func ofRanks(_ tokens: [[UInt8]]) -> [UInt8] {
        let ranks = Dictionary(zip(tokens, tokens.indices)) { first, _ in first }
        let spellings = tokens.map(spelling)
        var vocabulary = Array("{".utf8)
        var merges: [[UInt8]] = []
        for (rank, token) in tokens.enumerated() {
            if rank > 0 { vocabulary.append(UInt8(ascii: ",")) }
            append(spellings[rank], to: &vocabulary)
            vocabulary += ":\(rank)".utf8
            guard token.count > 1 else { continue }
            for split in 1..<token.count {
                guard let left = ranks[Array(token[..<split])], let right = ranks[Array(token[split...])] else {
                    continue
                }
                merges.append(spellings[left] + [UInt8(ascii: " ")] + spellings[right])
            }
        }
        vocabulary.append(UInt8(ascii: "}"))
        // tiktoken looks for whole words first.
        return text(vocabulary: vocabulary, merges: merges, ignoresMerges: true)
    }

    /// - Parameters:
    ///   - vocabulary: a JSON object of pieces and ids.
    ///   - merges: two pieces each, with a space between.
    static func text(vocabulary: [UInt8], merges: [[UInt8]], ignoresMerges: Bool = false) -> [UInt8] {
        let wordLevel = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}"#
        var text = Array(
            (#"{"pre_tokenizer":\#(wordLevel),"decoder":\#(wordLevel),"#
                + #""model":{"type":"BPE","ignore_merges":\#(ignoresMerges),"vocab":"#).utf8)
        text += vocabulary
        text += #","merges":["#.utf8
        for (index, merge) in merges.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            append(merge, to: &text)
        }
        text += "]}}".utf8
        return text
    }

    private static func spelling(_ token: [UInt8]) -> [UInt8] {
        var spelling: [UInt8] = []
        for byte in token { ByteAlphabet.append(byte, to: &spelling) }
        return spelling
    }

    private static func append(_ piece: [UInt8], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in piece {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }
}
