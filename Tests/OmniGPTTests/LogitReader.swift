import OmniTensor

@testable import OmniGPT

/// The logits of one pass in the order of the golden files.
struct LogitReader {
    /// `[rows, text vocabulary]`
    let text: Tensor<Float>
    /// `[7, rows, audio vocabulary]`
    let audio: Tensor<Float>

    init(_ model: OmniGPT, _ segments: [DecoderSegment], _ workspace: DecoderWorkspace? = nil) {
        let workspace = workspace ?? model.makeWorkspace()
        model.forward(segments, workspace)
        func scalars(_ span: Span<Float>) -> [Float] {
            var copy: [Float] = []
            for i in span.indices { copy.append(span[i]) }
            return copy
        }
        let rows = segments.indices
        text = Tensor(
            rows.flatMap { row in workspace.withTextLogits(of: row, scalars) },
            shape: [rows.count, model.configuration.textVocabularyCount])
        audio = Tensor(
            (0..<7).flatMap { stream in
                rows.flatMap { row in workspace.withAudioLogits(of: row, stream: stream, scalars) }
            }, shape: [7, rows.count, model.configuration.audioVocabularyCount])
    }
}

/// Ids of a golden file, `[8, rows, positions]`, rows of the shared table.
struct GoldenIDs {
    private let ids: Tensor<Int64>

    init(_ file: Checkpoint, _ name: String) throws { ids = try file.integers(name) }

    func positions(row: Int, _ layout: VocabularyLayout) -> [PositionTokens] {
        let (rowCount, length) = (ids.shape[1], ids.shape[2])
        let all = ids.scalars
        let rows = (0..<8).map { stream in
            (0..<length).map { Int32(all[(stream * rowCount + row) * length + $0]) }
        }
        return PositionTokens.unshifted(rows, layout)
    }
}
