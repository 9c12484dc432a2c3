internal import OmniFormats

/// The contents of a `tokenizer.json`, read but not yet understood: the two long lists in flat tables, the rest as a
/// tree.
struct TokenizerFile {
    let file: String
    /// Everything but the model.
    private(set) var root: [String: JSONValue] = [:]
    /// Everything of the model but vocabulary and merges.
    private(set) var model: [String: JSONValue]?
    private(set) var vocabulary = Vocabulary.Builder()
    private(set) var hasVocabulary = false
    /// The two pieces of all merges one after another, and for each merge the bounds of both.
    private(set) var mergePool: [UInt8] = []
    private(set) var merges: [(start: UInt32, middle: UInt32, end: UInt32)] = []
    private(set) var hasMerges = false
    /// What may still be made of the file.
    private(set) var budget: ReadingBudget

    /// What a piece takes in the tables of a tokenizer, and a merge.
    private static let pieceByteCount = 64
    private static let mergeByteCount = 80

    /// - Throws: ``TokenizerError/Code/malformed``.
    init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
        self.file = file
        var scanner = try JSONScanner(bytes, file: file)
        budget = scanner.budget
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if key == "model", scanner.peek() == UInt8(ascii: "{") {
                try readModel(&scanner)
            } else {
                root[key] = try scanner.value()
            }
        }
        try scanner.expectEnd()
        budget = scanner.budget
    }

    private mutating func readModel(_ scanner: inout JSONScanner) throws(TokenizerError) {
        guard model == nil else { throw scanner.fault("a second \"model\"") }
        var members: [String: JSONValue] = [:]
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch (key, scanner.peek()) {
            case ("vocab", UInt8(ascii: "{")): try readVocabulary(&scanner)
            case ("merges", UInt8(ascii: "[")): try readMerges(&scanner)
            default: members[key] = try scanner.value()
            }
        }
        model = members
    }

    private mutating func readVocabulary(_ scanner: inout JSONScanner) throws(TokenizerError) {
        guard !hasVocabulary else { throw scanner.fault("a second \"vocab\"") }
        hasVocabulary = true
        try scanner.enterObject()
        while true {
            let start = vocabulary.pool.count
            guard try scanner.nextKey(into: &vocabulary.pool) else { return }
            let byteCount = Self.pieceByteCount + vocabulary.pool.count - start
            try scanner.budget.take(byteCount: byteCount, for: file)
            vocabulary.add(from: start, id: try scanner.integer())
        }
    }

    private mutating func readMerges(_ scanner: inout JSONScanner) throws(TokenizerError) {
        guard !hasMerges else { throw scanner.fault("a second \"merges\"") }
        hasMerges = true
        try scanner.enterArray()
        while try scanner.nextElement() {
            let start = mergePool.count
            try scanner.budget.take(byteCount: Self.mergeByteCount, for: file)
            if scanner.peek() == UInt8(ascii: "[") {
                try readPair(&scanner, start: start)
                continue
            }
            try scanner.string(into: &mergePool)
            if mergePool[start...].starts(with: "#version".utf8) {
                mergePool.removeLast(mergePool.count - start)
                continue
            }
            guard let split = splitAtSpace(from: start) else {
                throw scanner.fault("a merge that is not two pieces with a space between them")
            }
            merges.append((UInt32(start), UInt32(split), UInt32(mergePool.count)))
        }
    }

    /// Takes the space out of the merge that ends the pool; `nil` unless there is exactly one.
    ///
    /// Works on indices: a slice of the pool that is still alive would make the change copy all of it.
    private mutating func splitAtSpace(from start: Int) -> Int? {
        var split: Int?
        for index in start..<mergePool.count where mergePool[index] == UInt8(ascii: " ") {
            if split != nil { return nil }
            split = index
        }
        if let split { mergePool.remove(at: split) }
        return split
    }

    private mutating func readPair(_ scanner: inout JSONScanner, start: Int) throws(TokenizerError) {
        try scanner.enterArray()
        var bounds: [UInt32] = []
        while try scanner.nextElement() {
            guard bounds.count < 2 else { throw scanner.fault("a merge of more than two pieces") }
            try scanner.string(into: &mergePool)
            bounds.append(UInt32(mergePool.count))
        }
        guard bounds.count == 2 else { throw scanner.fault("a merge of fewer than two pieces") }
        merges.append((UInt32(start), bounds[0], bounds[1]))
    }
}
