"""What the Kubernetes objects of a file promise each other and a cluster: manifests.py FILE

Their form is for schemas to judge; this is about names that have to fit together, and rights that nobody may have.
"""

import sys
import unittest

import yaml

with open(sys.argv.pop(), encoding="utf-8") as file:
    OBJECTS = [value for value in yaml.safe_load_all(file) if value]


def of_kind(kind):
    return [value for value in OBJECTS if value["kind"] == kind]


def pod_templates():
    return [value["spec"]["template"] for value in OBJECTS if "template" in value.get("spec", {})]


def pods():
    return [template["spec"] for template in pod_templates()]


def secrets_of(pod):
    for volume in pod["volumes"]:
        if "secret" in volume:
            yield volume["secret"]["secretName"]
        for source in volume.get("projected", {}).get("sources", []):
            if "secret" in source:
                yield source["secret"]["name"]


class ManifestsTest(unittest.TestCase):
    def test_what_there_is(self):
        kinds = sorted(value["kind"] for value in OBJECTS)
        self.assertEqual(kinds, ["ConfigMap", "Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount",
                                 "ServiceAccount"])

    def test_nothing_depends_on_an_order(self):
        for value in OBJECTS:
            self.assertFalse([name for name in value["metadata"].get("annotations", {}) if "hook" in name], value["metadata"]["name"])
        for pod in pods():
            self.assertNotIn("initContainers", pod)

    def test_pods_have_no_rights(self):
        for pod in pods():
            self.assertIs(pod["automountServiceAccountToken"], False)
            self.assertIs(pod["enableServiceLinks"], False)
            self.assertIs(pod["securityContext"]["runAsNonRoot"], True)
            self.assertEqual(pod["securityContext"]["runAsUser"], 65532)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertTrue({"hostNetwork", "hostPID", "hostIPC"}.isdisjoint(pod))
            for container in pod["containers"]:
                self.assertEqual(container["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                                "capabilities": {"drop": ["ALL"]}})
                self.assertIn("memory", container["resources"]["limits"])
                self.assertIn("cpu", container["resources"]["requests"])

    def test_migrations_have_an_account_and_a_secret_of_their_own(self):
        server, job = of_kind("Deployment")[0]["spec"]["template"]["spec"], of_kind("Job")[0]["spec"]["template"]["spec"]
        self.assertNotEqual(server["serviceAccountName"], job["serviceAccountName"])
        self.assertEqual(set(secrets_of(server)) & set(secrets_of(job)), set())
        accounts = {account["metadata"]["name"] for account in of_kind("ServiceAccount")}
        self.assertEqual(accounts, {server["serviceAccountName"], job["serviceAccountName"]})
        self.assertTrue(all(account["automountServiceAccountToken"] is False for account in of_kind("ServiceAccount")))

    def test_what_is_mounted_is_there(self):
        own = {value["metadata"]["name"] for value in of_kind("ConfigMap")}
        for pod in pods():
            volumes = {volume["name"] for volume in pod["volumes"]}
            for container in pod["containers"]:
                mounts = container["volumeMounts"]
                self.assertEqual({mount["name"] for mount in mounts}, volumes)
                self.assertTrue(all(mount["readOnly"] for mount in mounts))
        config = next(volume for volume in of_kind("Deployment")[0]["spec"]["template"]["spec"]["volumes"] if volume["name"] == "config")
        self.assertIn(config["configMap"]["name"], own)

    def test_selectors_choose_the_servers_only(self):
        labels = of_kind("Deployment")[0]["spec"]["template"]["metadata"]["labels"]
        job = of_kind("Job")[0]["spec"]["template"]["metadata"]["labels"]
        selectors = [of_kind("Deployment")[0]["spec"]["selector"]["matchLabels"], of_kind("Service")[0]["spec"]["selector"],
                     of_kind("PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"]]
        for selector in selectors:
            self.assertLessEqual(selector.items(), labels.items())
            self.assertFalse(selector.items() <= job.items())
        policy = of_kind("NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"]
        self.assertLessEqual(policy.items(), labels.items())

    def test_ports_and_probes(self):
        container = of_kind("Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        settings = of_kind("ConfigMap")[0]["data"]["rowkeeper.toml"]
        self.assertIn(f'listen = ["0.0.0.0:{ports["grpc"]}"]', settings)
        self.assertIn("tls-cert = ", settings)
        self.assertNotIn("insecure", settings)
        self.assertIn(f'admin-listen = "0.0.0.0:{ports["admin"]}"', settings)
        probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("liveness", "readiness", "startup")}
        self.assertEqual({name: (probe["path"], probe["port"]) for name, probe in probes.items()},
                         {"liveness": ("/livez", "admin"), "readiness": ("/readyz", "admin"), "startup": ("/livez", "admin")})
        self.assertEqual([port["targetPort"] for port in of_kind("Service")[0]["spec"]["ports"]], ["grpc"])
        for rule in of_kind("NetworkPolicy")[0]["spec"]["ingress"]:
            self.assertTrue(rule["from"], "a rule without callers lets everybody in")
            self.assertLessEqual({port["port"] for port in rule["ports"]}, set(ports))

    def test_some_servers_always_serve(self):
        deployment = of_kind("Deployment")[0]["spec"]
        self.assertEqual(deployment["strategy"]["rollingUpdate"]["maxUnavailable"], 0)
        self.assertGreaterEqual(deployment["replicas"], 2)
        grace = deployment["template"]["spec"]["terminationGracePeriodSeconds"]
        self.assertGreaterEqual(grace, 30 + 55 + deployment["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"])


if __name__ == "__main__":
    unittest.main()
