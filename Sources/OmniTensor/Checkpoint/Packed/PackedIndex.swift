/// How a safetensors file says which of its tensors are packed matrices: in its metadata, beside the name of the
/// layout. Such a tensor is a row of bytes; ``StoredMatrixInfo`` says what they stand for.
enum PackedIndex {
    static var layoutKey: String { "omni.layout" }
    static var precisionKey: String { "omni.precision" }
    private static var matrixPrefix: String { "omni.matrix." }

    /// The metadata of a file with these matrices.
    static func metadata(_ matrices: [String: StoredMatrixInfo], precision: WeightPrecision) -> [String: String] {
        var metadata = [layoutKey: NativeLayout.name, precisionKey: precision.name]
        for (name, info) in matrices { metadata[matrixPrefix + name] = info.text }
        return metadata
    }

    /// The packed matrices of a file, none for a file that is not packed. Every one has the bytes that it needs, where
    /// a cache line starts.
    ///
    /// - Throws: ``CheckpointError/Code/unsupported`` for another layout, ``CheckpointError/Code/malformed`` for
    ///   descriptions that do not fit the tensors.
    static func matrices(
        of index: CheckpointIndex, file: String
    ) throws(CheckpointError) -> [String: StoredMatrixInfo] {
        guard case .string(let layout)? = index.scalars[layoutKey] else { return [:] }
        guard layout == NativeLayout.name else {
            throw CheckpointError(
                .unsupported, file: file,
                reason:
                    "the weights are packed as \"\(layout)\", not \"\(NativeLayout.name)\"; pack the published "
                    + "ones again"
            )
        }
        var matrices: [String: StoredMatrixInfo] = [:]
        for case (let key, .string(let text)) in index.scalars where key.hasPrefix(matrixPrefix) {
            let name = String(key.dropFirst(matrixPrefix.count))
            func malformed(_ reason: String) -> CheckpointError {
                CheckpointError(.malformed, file: file, tensor: name, reason: reason)
            }
            guard let info = StoredMatrixInfo(text: text), let byteCount = NativeLayout.byteCount(info) else {
                throw malformed("\"\(text.prefix(80))\" is no packed matrix")
            }
            guard let tensor = index.tensors[name] else { throw malformed("the bytes of a \(text) matrix are missing") }
            guard tensor.info.scalarType == .uint8, tensor.info.shape == [byteCount] else {
                throw malformed(
                    "a \(text) matrix takes U8 of shape [\(byteCount)], not \(tensor.info.scalarType.rawValue) of "
                        + "\(tensor.info.shape)")
            }
            guard tensor.byteOffset.isMultiple(of: NativeLayout.alignment) else {
                throw malformed("a packed matrix starts at byte \(tensor.byteOffset), inside a cache line")
            }
            matrices[name] = info
        }
        return matrices
    }
}

extension Checkpoint {
    /// How precisely a packed file was asked to keep its matrices; `nil` for a file that is not packed. Single matrices
    /// may be kept better, see ``packedMatrices``.
    ///
    /// - Throws: ``CheckpointError/Code/malformed`` when there is no such precision.
    public func packedPrecision() throws(CheckpointError) -> WeightPrecision? {
        guard scalars[PackedIndex.layoutKey] != nil else { return nil }
        guard case .string(let name)? = scalars[PackedIndex.precisionKey], let precision = WeightPrecision(named: name)
        else { throw CheckpointError(.malformed, file: file, reason: "a packed file must name its precision") }
        return precision
    }
}
