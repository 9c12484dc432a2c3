import OmniTensor

/// The order of a checkpoint's query, key and value rows: group by group, the group's queries, its key, its value.
struct QKVLayout {
    private let groupCount: Int
    private let queriesPerGroup: Int
    private let headWidth: Int

    init(_ shape: OmniGPT.Configuration) {
        groupCount = shape.groupCount
        queriesPerGroup = shape.headCount / shape.groupCount
        headWidth = shape.headWidth
    }

    var rowCount: Int { groupCount * (queriesPerGroup + 2) * headWidth }

    /// The same rows with all queries first, then all keys, then all values: heads then lie at one stride. Copied once,
    /// at load.
    func ungrouped(_ tensor: Tensor<Float>) -> Tensor<Float> {
        let rowWidth = tensor.shape.elementCount / rowCount
        let headCount = headWidth * rowWidth
        let heads = queries + keys + values
        var result = Tensor<Float>(zeros: tensor.shape)
        let source = tensor.span
        var target = result.mutableSpan
        for (place, head) in heads.enumerated() {
            for i in 0..<headCount { target[place * headCount + i] = source[head * headCount + i] }
        }
        return result
    }

    // Heads as the checkpoint counts them.
    private var groupWidth: Int { queriesPerGroup + 2 }
    private var queries: [Int] {
        (0..<groupCount).flatMap { group in (0..<queriesPerGroup).map { group * groupWidth + $0 } }
    }
    private var keys: [Int] { (0..<groupCount).map { $0 * groupWidth + queriesPerGroup } }
    private var values: [Int] { (0..<groupCount).map { $0 * groupWidth + queriesPerGroup + 1 } }
}
