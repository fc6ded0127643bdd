/**
 * Publishes the image as a version and has CodeDeploy shift the alias to it. In a subshell, so that `set -e` ends it and not the shell
 * that CodeBuild runs all commands in.
 *
 * CodeDeploy stops a deployment whose alarms ring already. If they do not calm down within five minutes, the service fails without this
 * deployment, which may be its mending and cannot be judged by them, so that it goes ahead without.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
 */
export const DEPLOY_COMMANDS: string[] = [
  String.raw`(
set -eu
echo "Deploying $IMAGE_URI to $FUNCTION_NAME"
aws lambda update-function-code --function-name "$FUNCTION_NAME" --image-uri "$IMAGE_URI" --query LastUpdateStatus --output text
aws lambda wait function-updated-v2 --function-name "$FUNCTION_NAME"
new=$(aws lambda publish-version --function-name "$FUNCTION_NAME" --query Version --output text)
aws lambda wait published-version-active --function-name "$FUNCTION_NAME" --qualifier "$new"
old=$(aws lambda get-alias --function-name "$FUNCTION_NAME" --name "$ALIAS_NAME" --query FunctionVersion --output text)
if [ "$new" = "$old" ]; then
  echo "Version $new is in service already"
  exit 0
fi
revision=$(printf '{"revisionType":"AppSpecContent","appSpecContent":{"content":"{\\"version\\":0.0,\\"Resources\\":[{\\"service\\":{\\"Type\\":\\"AWS::Lambda::Function\\",\\"Properties\\":{\\"Name\\":\\"%s\\",\\"Alias\\":\\"%s\\",\\"CurrentVersion\\":\\"%s\\",\\"TargetVersion\\":\\"%s\\"}}}]}"}}' "$FUNCTION_NAME" "$ALIAS_NAME" "$old" "$new")
alarms=$(aws deploy get-deployment-group --application-name "$DEPLOYMENT_APPLICATION" --deployment-group-name "$DEPLOYMENT_GROUP" --query 'deploymentGroupInfo.alarmConfiguration.alarms[].name' --output text)
ringing() {
  [ -n "$alarms" ] && [ "$alarms" != None ] && [ -n "$(aws cloudwatch describe-alarms --alarm-names $alarms --state-value ALARM --query 'MetricAlarms[].AlarmName' --output text)" ]
}
set --
tries=20
while ringing; do
  if [ "$tries" -eq 0 ]; then
    echo "Alarms ring already; the deployment goes ahead without them"
    set -- --override-alarm-configuration enabled=false
    break
  fi
  tries=$((tries - 1))
  sleep 15
done
deployment=$(aws deploy create-deployment --application-name "$DEPLOYMENT_APPLICATION" --deployment-group-name "$DEPLOYMENT_GROUP" --revision "$revision" "$@" --query deploymentId --output text)
echo "Deployment $deployment shifts $ALIAS_NAME from version $old to version $new"
while :; do
  status=$(aws deploy get-deployment --deployment-id "$deployment" --query deploymentInfo.status --output text)
  case $status in
    Succeeded) echo "Version $new is in service"; exit 0 ;;
    Failed|Stopped)
      echo "Version $old stays in service: the deployment was rolled back"
      aws deploy get-deployment --deployment-id "$deployment" --query deploymentInfo.errorInformation
      exit 1 ;;
  esac
  sleep 15
done
)`,
];
