{{- define "rowkeeper.fullname" -}}
{{- if contains "rowkeeper" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-rowkeeper" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "rowkeeper.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "rowkeeper.selector" -}}
app.kubernetes.io/name: rowkeeper
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "rowkeeper.labels" -}}
{{ include "rowkeeper.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* What every pod has: no rights, no token of the cluster, no variables of other services, which could be taken for settings. */ -}}
{{- define "rowkeeper.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "rowkeeper.container" -}}
image: {{ include "rowkeeper.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{- /* The file rowkeeper.toml. JSON's texts, numbers and lists are TOML's, too. */ -}}
{{- define "rowkeeper.toml" -}}
descriptor-set = ["/etc/rowkeeper/catalogue/{{ .Values.catalogue.key }}"]
listen = ["0.0.0.0:50051"]
admin-listen = "0.0.0.0:50052"
database-url-file = "/run/secrets/rowkeeper/database-url"
page-token-key-file = "/run/secrets/rowkeeper/page-token-key"
{{- if .Values.tls.enabled }}
tls-cert = "/run/secrets/tls/tls.crt"
tls-key = "/run/secrets/tls/tls.key"
{{- if ne .Values.tls.clientCerts "off" }}
tls-client-certs = {{ .Values.tls.clientCerts | quote }}
tls-client-roots = "/run/secrets/tls/ca.crt"
{{- end }}
{{- else }}
insecure = true
{{- end }}
{{- range $name, $value := .Values.config }}
{{ $name }} = {{ toJson $value }}
{{- end }}
{{- end }}
