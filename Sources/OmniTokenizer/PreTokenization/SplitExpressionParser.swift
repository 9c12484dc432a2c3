/// Reads the text of a regular expression in Oniguruma's syntax.
///
/// What is not read is refused by name: an expression that is only almost understood would give other ids.
struct SplitExpressionParser {
    /// Why an expression is not read.
    struct Refusal: Error {
        let reason: String
    }

    indirect enum Node {
        case set(ScalarSet)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, minimum: Int, maximum: Int?, isLazy: Bool)
        case look(Node, isNegated: Bool)
        case lookBehind(ScalarSet, isNegated: Bool)
        case place(SplitExpression.Place)
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var ignoresCase = false
    /// The characters that stand one behind another here and are taken without regard to case.
    private var foldedRun: [Unicode.Scalar] = []
    private var depth = 0
    private var lookDepth = 0

    private static let lengthLimit = 4096
    private static let depthLimit = 32
    private static let lookDepthLimit = 3
    private static let countLimit = 1000

    static func parse(_ text: String) throws(Refusal) -> Node {
        guard text.utf8.count <= lengthLimit else { throw Refusal(reason: "\(text.utf8.count) bytes are too many") }
        var parser = SplitExpressionParser(text)
        let node = try parser.choice()
        try parser.endFoldedRun()
        guard parser.position == parser.scalars.count else { throw Refusal(reason: "a ) without its (") }
        return node
    }

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    // MARK: Scalars

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func take() throws(Refusal) -> Unicode.Scalar {
        guard let next else { throw Refusal(reason: "the expression ends too early") }
        position += 1
        return next
    }

    mutating func takes(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    // MARK: Grammar

    private mutating func choice() throws(Refusal) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw Refusal(reason: "the groups are nested too deeply") }
        // A switch such as (?i) counts to the end of the group.
        let ignoredCase = ignoresCase
        defer { ignoresCase = ignoredCase }
        var choices = [try sequence()]
        while takes("|") {
            try endFoldedRun()
            choices.append(try sequence())
        }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(Refusal) -> Node {
        var nodes: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            guard let atom = try atom() else { continue }
            switch atom {
            case .look, .lookBehind, .place: try endFoldedRun()
            default: break
            }
            nodes.append(try quantified(atom))
        }
        return .sequence(nodes)
    }

    /// One thing that a quantifier may follow; `nil` for a switch or a comment.
    private mutating func atom() throws(Refusal) -> Node? {
        let scalar = try take()
        switch scalar {
        case "(": return try group()
        case "[":
            try endFoldedRun()
            var characters = CharacterClassParser(self, ignoresCase: ignoresCase)
            let set = try characters.parse()
            self = characters.expression
            return .set(set)
        case ".":
            try endFoldedRun()
            return .set(.anyButLineFeed)
        case "^": return .place(.lineStart)
        case "$": return .place(.lineEnd)
        case "*", "+", "?": throw Refusal(reason: "a \(scalar) that repeats nothing")
        case "\\": return try escape()
        default: return .set(try literal(scalar))
        }
    }

    private mutating func literal(_ scalar: Unicode.Scalar) throws(Refusal) -> ScalarSet {
        if ignoresCase {
            guard !LongCaseFolding.scalars.contains(scalar) else { throw Self.longFolding("\(scalar)") }
            foldedRun.append(scalar)
        } else {
            try endFoldedRun()
        }
        return ScalarSet([.range(scalar.value...scalar.value)], ignoresCase: ignoresCase)
    }

    /// Oniguruma lets "ss" match "ß" and "ß" match "ss" where case is of no account. Sets of single scalars cannot,
    /// so what could match that way is refused.
    private mutating func endFoldedRun() throws(Refusal) {
        defer { foldedRun.removeAll() }
        if let folded = LongCaseFolding.folding(in: foldedRun) { throw Self.longFolding(folded) }
    }

    static func longFolding(_ text: String) -> Refusal {
        Refusal(reason: "\(text) without regard to case, which is one character or several")
    }

    private mutating func group() throws(Refusal) -> Node? {
        guard takes("?") else { return try closed() }
        if takes(":") { return try closed() }
        for (start, isNegated) in [("=", false), ("!", true)] where takes(start) {
            lookDepth += 1
            defer { lookDepth -= 1 }
            guard lookDepth <= Self.lookDepthLimit else { throw Refusal(reason: "look-aheads are nested too deeply") }
            return .look(try closed(), isNegated: isNegated)
        }
        for (start, isNegated) in [("<=", false), ("<!", true)] where takes(start) {
            guard let set = Self.singleSet(try closed()) else {
                throw Refusal(reason: "a look-behind of more than one character")
            }
            return .lookBehind(set, isNegated: isNegated)
        }
        if takes("#") {
            while try take() != ")" {}
            return nil
        }
        return try switched()
    }

    /// `(?i)`, `(?-i)` and the same with a group of their own.
    private mutating func switched() throws(Refusal) -> Node? {
        let isOff = takes("-")
        guard takes("i") else {
            let found = next.map { String($0) } ?? ""
            throw Refusal(reason: "a group that starts with (?\(isOff ? "-" : "")\(found)")
        }
        if takes(")") {
            ignoresCase = !isOff
            return nil
        }
        guard takes(":") else { throw Refusal(reason: "a switch other than i") }
        let ignoredCase = ignoresCase
        ignoresCase = !isOff
        defer { ignoresCase = ignoredCase }
        return try closed()
    }

    private mutating func closed() throws(Refusal) -> Node {
        let node = try choice()
        guard takes(")") else { throw Refusal(reason: "a ( without its )") }
        return node
    }

    /// The set of an expression that always takes exactly one scalar.
    private static func singleSet(_ node: Node) -> ScalarSet? {
        switch node {
        case .set(let set): return set
        case .sequence(let nodes) where nodes.count == 1: return singleSet(nodes[0])
        case .choice(let nodes):
            let sets = nodes.compactMap(singleSet)
            return sets.count == nodes.count ? ScalarSet(sets.map { .nested($0) }) : nil
        default: return nil
        }
    }

    private mutating func quantified(_ atom: Node) throws(Refusal) -> Node {
        var node = atom
        var quantifierCount = 0
        while let (minimum, maximum, isInterval) = try quantifier() {
            // Each is a level of recursion.
            quantifierCount += 1
            guard quantifierCount <= Self.depthLimit else { throw Refusal(reason: "repetitions of repetitions") }
            // It repeats the last character alone.
            if case .set = atom { _ = foldedRun.popLast() }
            try endFoldedRun()
            switch atom {
            case .look, .lookBehind, .place: throw Refusal(reason: "a repetition of what takes no character")
            default: break
            }
            let isLazy = takes("?")
            if isLazy, isInterval, minimum == maximum { throw Refusal(reason: "an optional exact count") }
            let repeated = Node.repetition(node, minimum: minimum, maximum: maximum, isLazy: isLazy)
            // After an interval, + is a quantifier of its own.
            if !isLazy, !isInterval, takes("+") {
                node = try Self.possessive(repeated, of: node)
            } else {
                node = repeated
            }
        }
        return node
    }

    /// A repetition that never gives back what it took: as long as it can, which a look-ahead makes sure of.
    private static func possessive(_ repeated: Node, of node: Node) throws(Refusal) -> Node {
        guard let set = singleSet(node), case .repetition(_, let minimum, let maximum, _) = repeated else {
            throw Refusal(reason: "a possessive repetition of more than one character")
        }
        let isOver = Node.look(.set(set), isNegated: true)
        if maximum == nil { return .sequence([repeated, isOver]) }
        // The only one with a maximum is the optional character.
        return minimum == 0 ? .choice([.set(set), isOver]) : repeated
    }

    private mutating func quantifier() throws(Refusal) -> (minimum: Int, maximum: Int?, isInterval: Bool)? {
        if takes("*") { return (0, nil, false) }
        if takes("+") { return (1, nil, false) }
        if takes("?") { return (0, 1, false) }
        let start = position
        guard takes("{") else { return nil }
        let low = try number()
        let hasComma = takes(",")
        let high = hasComma ? try number() : low
        guard takes("}"), low != nil || high != nil else {
            position = start
            throw Refusal(reason: "a { that starts no interval; write \\{")
        }
        guard low ?? 0 <= high ?? .max else { throw Refusal(reason: "an interval from large to small") }
        return (low ?? 0, hasComma ? high : low, true)
    }

    private mutating func number() throws(Refusal) -> Int? {
        var value: Int?
        while let digit = next, ("0"..."9").contains(digit) {
            position += 1
            let sum = (value ?? 0) * 10 + Int(digit.value - 48)
            guard sum <= Self.countLimit else { throw Refusal(reason: "a count above \(Self.countLimit)") }
            value = sum
        }
        return value
    }

    private mutating func escape() throws(Refusal) -> Node {
        switch next {
        case "b": return try placed(.wordBoundary)
        case "B": return try placed(.noWordBoundary)
        case "A": return try placed(.textStart)
        case "z": return try placed(.textEnd)
        case "Z": return try placed(.textEndOrLastLineFeed)
        default: break
        }
        switch try escapedItem() {
        case .range(let range) where range.count == 1:
            guard let scalar = Unicode.Scalar(range.lowerBound) else { throw Refusal(reason: "half a surrogate pair") }
            return .set(try literal(scalar))
        case let item:
            try endFoldedRun()
            return .set(ScalarSet([item], ignoresCase: ignoresCase))
        }
    }

    private mutating func placed(_ place: SplitExpression.Place) throws(Refusal) -> Node {
        _ = try take()
        return .place(place)
    }
}
