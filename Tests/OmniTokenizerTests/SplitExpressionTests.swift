import Testing

@testable import OmniTokenizer

@Suite struct SplitExpressionTests {
    private func matches(_ expression: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let expression = try SplitExpression(expression)
        var threads = SplitExpression.Threads()
        var found: [String] = []
        var place = 0
        while place < bytes.count,
            let match = expression.firstMatch(in: bytes.span, from: place, within: 0..<bytes.count, &threads)
        {
            found.append(String(decoding: bytes[match], as: UTF8.self))
            place = max(match.upperBound, place + 1)
        }
        return found
    }

    @Test func prefersAsBacktrackingDoes() throws {
        #expect(try matches("(ab|a)(c|bcd)", "abcd") == ["abc"])
        #expect(try matches("a{2,3}?", "aaaaa") == ["aa", "aa"])
        #expect(try matches("a{2,3}", "aaaaa") == ["aaa", "aa"])
        #expect(try matches("x*y|x", "xxy xx") == ["xxy", "x", "x"])
        #expect(try matches("(?:a*)*b", "aab b") == ["aab", "b"])
        #expect(try matches("[^a-c\\]]+", "ab]de]f") == ["de", "f"])
        #expect(try matches("a++a|b", "aaab") == ["b"])
    }

    @Test(arguments: [
        "(", ")", "a)", "[a", "a**?(", "\\1", "(?>a)", "(?<n>a)", "(?<=ab)c", "[[:alpha:]]", "[a&&b]", "\\p{Han}",
        "\\p",
        "\\X", "\\K", "(?m:a)", "a{3,2}", "a{1001}", "*a", "(ab)++", "a{", "a{x}", "\\x{110000000}", "[b-a]",
        "((((a{100}){100}){100}){100})", "((){1000}){1000}", "(?=(?=(?=(?=a))))",
    ]) func refusesWhatItDoesNotCompute(_ expression: String) {
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(expression) }
    }

    @Test func depthIsLimited() {
        let deep = String(repeating: "(", count: 1000) + String(repeating: ")", count: 1000)
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(deep) }
        let classes = String(repeating: "[", count: 1000) + String(repeating: "a]", count: 1000)
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(classes) }
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(String(repeating: "a", count: 5000)) }
    }

    /// What takes a backtracking machine the age of the universe.
    @Test func nestedRepetitionsEnd() throws {
        let text = String(repeating: "a", count: 2000) + "!"
        #expect(try matches("(?:(?:a*)*)*b", text).isEmpty)
        #expect(try matches("(?:a|a)*c|(?:a?){200}d", text).isEmpty)
    }
}
