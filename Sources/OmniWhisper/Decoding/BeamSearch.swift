import OmniTensor

/// Keeps the most probable hypotheses of each utterance, whichever they go on from.
struct BeamSearch: TokenSearch {
    private let beamCount: Int
    /// Ended hypotheses of an utterance that are enough.
    private let candidateCount: Int
    private let endOfText: Int
    /// Of each utterance, in the order in which they ended.
    private var finished: [[RankedSequence]]

    init(_ options: DecodingOptions, endOfText: Int, utteranceCount: Int) {
        beamCount = options.groupCount
        let exact = Double(beamCount) * Double(options.patience ?? 1)
        candidateCount = max(1, Int(exact.rounded(.toNearestOrEven)))
        self.endOfText = endOfText
        finished = Array(repeating: [], count: utteranceCount)
    }

    private struct Candidate {
        var source: Int
        var token: Int
        var score: Float
    }

    mutating func extend(
        _ hypotheses: inout Hypotheses, _ logits: (Int, (Span<Float>) -> Void) -> Void
    ) -> [Int]? {
        var kept: [Candidate] = []
        for utterance in finished.indices {
            let rows = utterance * beamCount..<(utterance + 1) * beamCount
            let candidates = candidates(hypotheses, rows, logits)
            let target = kept.count + beamCount
            var ended: [RankedSequence] = []
            for candidate in candidates {
                guard candidate.token != endOfText else {
                    ended.append(
                        RankedSequence(tokens: hypotheses.tokens[candidate.source], score: candidate.score))
                    continue
                }
                kept.append(candidate)
                if kept.count == target { break }
            }
            finished[utterance] += ended.prefix(candidateCount - min(candidateCount, finished[utterance].count))
        }
        hypotheses.tokens = kept.map { hypotheses.tokens[$0.source] + [$0.token] }
        hypotheses.scores = kept.map(\.score)
        return finished.allSatisfy { $0.count >= candidateCount } ? nil : kept.map(\.source)
    }

    /// What the hypotheses of an utterance may become, the most probable first; of equal ones the first that was found.
    private func candidates(
        _ hypotheses: Hypotheses, _ rows: Range<Int>, _ logits: (Int, (Span<Float>) -> Void) -> Void
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        // Before anything is chosen all hypotheses of an utterance are the same one.
        let distinct = hypotheses.tokens[rows.lowerBound].isEmpty ? rows.prefix(1) : rows[...]
        for row in distinct {
            logits(row) { logits in
                let normalizer = LogSumExp.value(of: logits)
                for token in Self.largest(beamCount + 1, of: logits) {
                    let score = hypotheses.scores[row] + Float(Double(logits[token]) - normalizer)
                    candidates.append(Candidate(source: row, token: token, score: score))
                }
            }
        }
        return candidates.enumerated().sorted { a, b in
            a.element.score != b.element.score ? a.element.score > b.element.score : a.offset < b.offset
        }.map(\.element)
    }

    /// The tokens of the `count` largest logits, descending; of equal ones the first comes first.
    private static func largest(_ count: Int, of logits: Span<Float>) -> [Int] {
        var best: [Int] = []
        for i in logits.indices {
            if best.count == count, logits[i] <= logits[best[count - 1]] { continue }
            let place = best.firstIndex { logits[$0] < logits[i] } ?? best.count
            best.insert(i, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }

    func finish(_ hypotheses: Hypotheses) -> [[RankedSequence]] {
        finished.enumerated().map { utterance, finished in
            guard finished.count < beamCount else { return finished }
            // Not enough have ended: the most probable of those in the making count as ended.
            let rows = utterance * beamCount..<(utterance + 1) * beamCount
            let rest = rows.sorted { a, b in
                hypotheses.scores[a] != hypotheses.scores[b] ? hypotheses.scores[a] > hypotheses.scores[b] : a > b
            }
            return finished
                + rest.prefix(beamCount - finished.count).map { row in
                    RankedSequence(tokens: hypotheses.tokens[row], score: hypotheses.scores[row])
                }
        }
    }
}
