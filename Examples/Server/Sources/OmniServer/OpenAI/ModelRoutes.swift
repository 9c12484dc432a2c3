import Foundation
import Hummingbird

/// `GET /v1/models`: the one model that is served.
struct ModelRoutes {
    let modelName: String

    func add(to router: some RouterMethods<ServerContext>) {
        router.get("/v1/models") { _, _ in Response(json: ["object": "list", "data": [model]]) }
        // The name of a model may have slashes, escaped or not.
        router.get("/v1/models/**") { _, context in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            let id = path.removingPercentEncoding ?? path
            guard id.utf8.elementsEqual(modelName.utf8) else { throw APIError.noModel(id, but: modelName) }
            return Response(json: model)
        }
    }

    private var model: JSON {
        ["id": .string(modelName), "object": "model", "created": 1_724_889_600, "owned_by": "gpt-omni"]
    }
}
