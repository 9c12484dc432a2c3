extension PreTokenizer {
    /// Reads the `pre_tokenizer` of a `tokenizer.json`. Without one, a text is one word in the spelling of the
    /// vocabulary.
    init(reading node: JSONNode?) throws(TokenizerError) {
        var steps: [Step] = []
        if let node { try Self.read(node, into: &steps) }
        self.init(steps)
    }

    private static func read(_ node: JSONNode, into steps: inout [Step]) throws(TokenizerError) {
        guard steps.count < 64 else { throw node.fault(.unsupported, "more than 64 steps") }
        let type = try node.required("type")
        switch try type.string() {
        case "Sequence":
            for step in try node.required("pretokenizers").elements() { try read(step, into: &steps) }
        case "ByteLevel":
            if try node.flag("add_prefix_space", default: true) { steps.append(.prefixSpace) }
            if try node.flag("use_regex", default: true) { steps.append(.split(Splitter(.words(.gpt2), .isolated))) }
            // Each time, a text may double in length.
            guard steps.count(where: { if case .spellBytes = $0 { true } else { false } }) < 3 else {
                throw type.fault(.unsupported, "more than three steps that spell bytes")
            }
            steps.append(.spellBytes)
        case "Split": steps.append(.split(try splitter(node)))
        case "Digits":
            let isolates = try node.flag("individual_digits", default: false)
            steps.append(.split(Splitter(.scalars(.numbers), isolates ? .isolated : .contiguous)))
        case "Punctuation":
            let behavior = try node.member("behavior").map(behavior) ?? .isolated
            steps.append(.split(Splitter(.scalars(.punctuation), behavior)))
        case "Whitespace":
            // Words and what lies between them are pieces; white space is left out.
            steps.append(.split(Splitter(.scalars(.spaces), .removed)))
            steps.append(.split(Splitter(.scalars(.words), .contiguous)))
        case "WhitespaceSplit": steps.append(.split(Splitter(.scalars(.spaces), .removed)))
        case "CharDelimiterSplit":
            let delimiter = try node.required("delimiter")
            let text = try delimiter.text()
            guard text.unicodeScalars.count == 1 else { throw delimiter.fault(.malformed, "expected one character") }
            steps.append(.split(Splitter(.literal(KeySearch([Array(text.utf8)])), .removed)))
        case let name: throw type.fault(.unsupported, "\"\(name)\" is none of the steps that are computed")
        }
    }

    private static func behavior(_ node: JSONNode) throws(TokenizerError) -> Splitter.Behavior {
        guard let behavior = Splitter.Behavior(rawValue: try node.string()) else {
            throw node.fault(.unsupported, "\"\(try node.string())\" is no behaviour of a split")
        }
        return behavior
    }

    private static func splitter(_ node: JSONNode) throws(TokenizerError) -> Splitter {
        let behavior = try behavior(try node.required("behavior"))
        let isInverted = try node.flag("invert", default: false)
        let pattern = try node.required("pattern")
        if let literal = try pattern.member("String") {
            let bytes = Array(try literal.text().utf8)
            guard !bytes.isEmpty else { throw literal.fault(.unsupported, "a split by nothing") }
            return Splitter(.literal(KeySearch([bytes])), behavior, isInverted: isInverted)
        }
        let expression = try pattern.required("Regex")
        let text = try expression.text()
        // The known patterns match everything: both leave the matches as words.
        if let words = WordPattern(expression: text),
            (behavior, isInverted) == (.isolated, false)
                || (behavior, isInverted) == (.removed, true)
        {
            return Splitter(.words(words), .isolated)
        }
        do throws(SplitExpressionParser.Refusal) {
            return Splitter(.expression(try SplitExpression(text)), behavior, isInverted: isInverted)
        } catch {
            throw expression.fault(.unsupported, "the pattern has \(error.reason): \(text)")
        }
    }
}
