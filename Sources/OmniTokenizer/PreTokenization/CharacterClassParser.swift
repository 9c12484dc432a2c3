/// Reads a character class of a regular expression, after its opening bracket.
struct CharacterClassParser {
    private(set) var expression: SplitExpressionParser
    private let ignoresCase: Bool
    private var depth = 0

    private static let depthLimit = 8

    init(_ expression: SplitExpressionParser, ignoresCase: Bool) {
        self.expression = expression
        self.ignoresCase = ignoresCase
    }

    /// - Throws: ``SplitExpressionParser/Refusal``.
    mutating func parse() throws(SplitExpressionParser.Refusal) -> ScalarSet {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw .init(reason: "classes are nested too deeply") }
        let isNegated = expression.takes("^")
        var items: [ScalarSet.Item] = []
        var isFirst = true
        while true {
            if !isFirst, expression.takes("]") { break }
            items.append(try item())
            isFirst = false
        }
        let set = ScalarSet(items, isNegated: isNegated, ignoresCase: ignoresCase)
        if ignoresCase, !isNegated {
            let long = LongCaseFolding.scalars.filter { set.contains($0.value) }
            if let scalar = long.min() { throw SplitExpressionParser.longFolding("\(scalar)") }
        }
        return set
    }

    private mutating func item() throws(SplitExpressionParser.Refusal) -> ScalarSet.Item {
        if expression.takes("[:") { throw .init(reason: "a class such as [:alpha:]") }
        if expression.takes("&&") { throw .init(reason: "an intersection of classes") }
        if expression.takes("[") { return .nested(try parse()) }
        let first = try single()
        guard case .range(let low) = first, low.count == 1, expression.next == "-" else { return first }
        // A hyphen before the closing bracket is a character.
        var ahead = expression
        _ = try ahead.take()
        if ahead.next == "]" { return first }
        expression = ahead
        guard case .range(let high) = try single(), high.count == 1, low.lowerBound <= high.lowerBound else {
            throw .init(reason: "a range of characters without an end")
        }
        return .range(low.lowerBound...high.lowerBound)
    }

    private mutating func single() throws(SplitExpressionParser.Refusal) -> ScalarSet.Item {
        let scalar = try expression.take()
        if scalar == "\\" { return expression.takes("b") ? .range(8...8) : try expression.escapedItem() }
        return .range(scalar.value...scalar.value)
    }
}
