import Testing

@testable import OmniTokenizer

@Suite struct SplitExpressionTests {
    private func matches(_ expression: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let expression = try SplitExpression(expression)
        var matches = SplitExpression.Matches()
        matches.find(expression, in: bytes.span, within: 0..<bytes.count)
        var found: [String] = []
        var place = 0
        while place < bytes.count, let match = matches.first(from: place) {
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
        let quantifiers = "a" + String(repeating: "*?", count: 1000)
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(quantifiers) }
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(String(repeating: "a", count: 5000)) }
    }

    /// A turn of a loop that takes nothing is its last: what Oniguruma does, and PCRE does not.
    @Test func loopsEndWithATurnThatTakesNothing() throws {
        #expect(try matches("(?:|a)*", "aaa") == ["", "", ""])
        #expect(try matches("(?:a|)*", "aaa") == ["aaa"])
        #expect(try matches("(?:(?:|a)b?)*", "abab") == ["", "b", "", "b"])
        #expect(try matches("(?:|a)+b", "aab") == ["aab"])
        #expect(try matches("(?:a?b??)*c", "ababc") == ["ababc"])
    }

    /// "ß" equals "ss" where case is of no account, which sets of single characters cannot say.
    @Test(arguments: [
        "(?i:ß)", "(?i:ẞ)", "(?i:ss)", "(?i:Fi)", "(?i:(?:s)t)", "(?i)xſſ", "(?i:[ß])", "(?i:[Þ-ü])",
        "(?i:[\\p{L}])",
        "(?i:İ)", "(?i:ΐ)", "(?i:\\x{df})", "(?i:αι)", "(?i:\u{2BC}n)",
    ]) func foldingsToSeveralCharactersAreRefusedByName(_ expression: String) throws {
        let refusal = try #require(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(expression) }
        #expect(refusal.reason.contains("one character or several"), "\(refusal.reason)")
    }

    @Test(arguments: [
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)", "(?i:s+)", "(?i:s?s)", "(?i:s[st])", "(?i:[^ß])",
        "(?i:\\p{L})", "ß|ss|fi", "(?i:s.s|s|s)", "(?i:a)ss",
    ]) func foldingsToOneCharacterAreRead(_ expression: String) throws { _ = try SplitExpression(expression) }

    @Test(arguments: ["(?=a)*", "^+", "\\b?", "(?<=a){2}"]) func whatTakesNothingIsNotRepeated(_ expression: String) {
        #expect(throws: SplitExpressionParser.Refusal.self) { try SplitExpression(expression) }
    }

    /// Expressions that look at all of a long text from each of its places.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("[0-9]{1,3}(?=(?:[0-9]{3})*\\b)", 33_334), ("0(?=0*1)", 0), ("0*1|2", 0), ("(?=0*$)0", 100_000),
            ("(?:0*)*1|0(?!0*1)", 100_000), ("0??(?=(?:0|00)*$)", 1),
        ]) func longTextsTakeTimeInProportion(_ expression: String, _ count: Int) throws
    {
        let text = String(repeating: "0", count: 100_000)
        let found = try matches(expression, text).filter { !$0.isEmpty || count == 1 }
        #expect(count == 1 ? !found.isEmpty : found.count == count)
    }

    /// What takes a backtracking machine the age of the universe.
    @Test func nestedRepetitionsEnd() throws {
        let text = String(repeating: "a", count: 2000) + "!"
        #expect(try matches("(?:(?:a*)*)*b", text).isEmpty)
        #expect(try matches("(?:a|a)*c|(?:a?){200}d", text).isEmpty)
    }
}
